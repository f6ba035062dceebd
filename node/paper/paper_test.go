package paper_test

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"errors"
	"image"
	"image/color"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/node/paper"
)

const (
	core  = "91330100000869877P"
	steel = "91330100MA27XF8M19"
	link  = "https://node.bank.example/#/verify?c=91330100000869877P2026090100000142&h=3" +
		"&t=8f14e45fceea167a5a36dedd4bea2543f14e45fceea167a5a36dedd4bea25432"
)

func day(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// copyOf is a paper of a certificate of 1,000,000.00 of which half was passed on.
func copyOf(t testing.TB, names map[string]string) (*paper.Copy, []record.Holding) {
	t.Helper()
	at := day(t, "2026-11-26").Start() + 36_000_000
	c := &record.Certificate{
		Number: "91330100000869877P2026090100000142", Debtor: core, FirstHolder: steel, Face: 100_000_000, Currency: "CNY",
		IssueDate: day(t, "2026-09-01"), Maturity: day(t, "2027-02-28"), Payment: day(t, "2027-03-01"), Reference: "AP-2026-09-0042",
		Contract: "3f8a2c19d0b7", Bank: "91330100000000001B", Line: "line-2026", Allocations: make([]record.Allocation, 3), State: record.Active,
	}
	holding := func(id uint32, owner string, from, to int64, locks ...record.Lock) record.Holding {
		return record.Holding{
			Certificate: c.Number, ID: id, Version: 2, Owner: owner, Interval: interval.Of(money.Fen(from), money.Fen(to)),
			Tiers: []record.TierSpan{{To: money.Fen(to), Tier: uint16(id)}}, Claim: record.Claim{Payment: c.Payment}, Since: at - 86_400_000, Locks: locks,
		}
	}
	pledged := record.Lock{Kind: record.LockPledge, Interval: interval.Of(80_000_001, 100_000_000), Counterpart: "91330100000000001B"}
	return &paper.Copy{
			Network: "tierledger-main", Height: 1_204_331, At: at, Certificate: c, Link: link, TxID: record.Digest{0x8f, 0x14, 0xe4},
			Names: func(id string) string { return names[id] },
		}, []record.Holding{
			holding(2, "91330106MA27XTWC3K", 1, 30_000_000), holding(3, "91330200MA2AFTQ06D", 30_000_001, 80_000_000),
			holding(1, steel, 80_000_001, 100_000_000, pledged),
		}
}

func firms() map[string]string {
	return map[string]string{
		core: "浙江恒远重型机械股份有限公司", steel: "杭州钢联金属材料有限公司", "91330106MA27XTWC3K": "绍兴市柯桥区永兴五金加工厂",
		"91330200MA2AFTQ06D": "宁波喆瑞精密零部件制造有限公司(普通合伙)", "91330100000000001B": "杭州联合农村商业银行股份有限公司",
	}
}

func print(t testing.TB, made []byte, err error) *printed {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return read(t, made)
}

// printed is a PDF as it was read back: its text, and the black boxes on its pages.
type printed struct {
	bytes []byte
	text  string
	boxes []box
}

type box struct{ x, y, w, h float64 }

var (
	streams  = regexp.MustCompile(`(?s)/Filter /FlateDecode /Length \d+>>\nstream\n(.*?)\nendstream`)
	strokes  = regexp.MustCompile(`(?s)\((?:[^\\()]|\\.)*\) ?Tj`)
	boxes    = regexp.MustCompile(`([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) re f`)
	escapes  = strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r")
	textMark = []byte("BT")
)

// read takes the texts and filled boxes out of the pages of a PDF: texts are UTF-16 in
// the order in which they were written.
func read(t testing.TB, made []byte) *printed {
	t.Helper()
	p := &printed{bytes: made}
	for _, m := range streams.FindAllSubmatch(made, -1) {
		unpacked, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue
		}
		content, err := io.ReadAll(unpacked)
		if err != nil || !bytes.Contains(content, textMark) {
			continue
		}
		for _, s := range strokes.FindAll(content, -1) {
			raw := []byte(escapes.Replace(string(s[1:bytes.LastIndexByte(s, ')')])))
			units := make([]uint16, len(raw)/2)
			for i := range units {
				units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
			}
			p.text += string(utf16.Decode(units)) + "\n"
		}
		for _, b := range boxes.FindAllSubmatch(content, -1) {
			var v [4]float64
			for i := range v {
				v[i], _ = strconv.ParseFloat(string(b[i+1]), 64) // the expression matches numbers
			}
			p.boxes = append(p.boxes, box{v[0], -v[1], v[2], math.Abs(v[3])})
		}
	}
	return p
}

// scanned reads the QR code: the boxes of the one height that most of them have.
func (p *printed) scanned(t testing.TB) string {
	t.Helper()
	heights := map[float64]int{}
	module := 0.0
	for _, b := range p.boxes {
		if heights[b.h]++; heights[b.h] > heights[module] {
			module = b.h
		}
	}
	left, top := math.MaxFloat64, math.MaxFloat64
	var code []box
	for _, b := range p.boxes {
		if b.h == module {
			code = append(code, b)
			left, top = min(left, b.x), min(top, b.y)
		}
	}
	const scale, quiet = 4, 6
	picture := image.NewGray(image.Rect(0, 0, 400, 400))
	for i := range picture.Pix {
		picture.Pix[i] = 255
	}
	for _, b := range code {
		at := func(v float64) int { return int(math.Round(v/module)) * scale }
		for x := at(b.x - left); x < at(b.x-left+b.w); x++ {
			for y := at(b.y - top); y < at(b.y-top)+scale; y++ {
				picture.SetGray(x+quiet*scale, y+quiet*scale, color.Gray{})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("the QR code cannot be read: %v", err)
	}
	return result.GetText()
}

func (p *printed) says(t testing.TB, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.text, text) {
			t.Errorf("the paper does not say %q:\n%s", text, p.text)
		}
	}
}

func TestACertificateIsPrinted(t *testing.T) {
	c, holdings := copyOf(t, firms())
	made, err := paper.PrintCertificate(c, holdings)
	p := print(t, made, err)
	p.says(t, c.Certificate.Number, "¥1,000,000.00", "人民币壹佰万元整", "浙江恒远重型机械股份有限公司", "2027-03-01", "500,000.00", "质押 Pledged", "1204331")
	if got := p.scanned(t); got != link {
		t.Errorf("the QR code leads to %s", got)
	}
	again, err := paper.PrintCertificate(c, holdings)
	if err != nil || !bytes.Equal(made, again) {
		t.Errorf("printed twice, the paper differs: %v", err)
	}
}

func TestAHoldingIsPrinted(t *testing.T) {
	c, holdings := copyOf(t, firms())
	for i := range holdings {
		made, err := paper.PrintHolding(c, &holdings[i])
		p := print(t, made, err)
		p.says(t, "¥"+holdings[i].Amount().Human(), holdings[i].Amount().Capital(), holdings[i].Interval.String(), holdings[i].Owner)
		if got := p.scanned(t); got != link {
			t.Errorf("the QR code leads to %s", got)
		}
	}
}

func TestALongCertificateTakesMorePages(t *testing.T) {
	c, holdings := copyOf(t, firms())
	many := []record.Holding{}
	for i := range 400 {
		h := holdings[0]
		h.ID, h.Interval = uint32(i+1), interval.Of(money.Fen(int64(i)*1000+1), money.Fen(int64(i)*1000+1000))
		many = append(many, h)
	}
	made, err := paper.PrintCertificate(c, many)
	p := print(t, made, err)
	if pages := bytes.Count(made, []byte("/Type /Page\n")); pages < 8 {
		t.Errorf("%d pages", pages)
	}
	if rows := strings.Count(p.text, "绍兴市柯桥区永兴五金加工厂"); rows != 400 {
		t.Errorf("%d rows of 400", rows)
	}
}

// A name may have any character: what cannot be printed is seen to be missing.
func TestWhatTheFontLacksIsSeen(t *testing.T) {
	names := firms()
	for name, want := range map[string]string{
		"𠮷野家(中国)": "〓野家(中国)", "龘龘商行": "〓〓商行", "Müller & Søn": "Müller & Søn", "a\u202eb\x00c\td": "a〓b〓c〓d", "😀": "〓", "\xff\xfe": "〓〓",
	} {
		names[core] = name
		c, holdings := copyOf(t, names)
		made, err := paper.PrintCertificate(c, holdings)
		p := print(t, made, err)
		p.says(t, want)
		if strings.Contains(want, "〓") != strings.Contains(p.text, "〓 代替字库中没有的字符") {
			t.Errorf("%q: the note on missing characters is wrong", name)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		names[core] = rapid.String().Draw(r, "name")
		c, holdings := copyOf(t, names)
		if _, err := paper.PrintHolding(c, &holdings[0]); err != nil {
			r.Fatal(err)
		}
	})
}

func TestAStatementIsPrinted(t *testing.T) {
	s := statementOf(t)
	made, err := paper.PrintStatement("tierledger-main", s)
	p := print(t, made, err)
	p.says(t, "2026-11", "杭州钢联金属材料有限公司", "¥1,200,000.00", "¥300,000.00", "融资转让 Sold", "298,650.00", "1,350.00", "2026-11-30")
	again, err := paper.PrintStatement("tierledger-main", s)
	if err != nil || !bytes.Equal(made, again) {
		t.Errorf("printed twice, the paper differs: %v", err)
	}
}

func statementOf(t testing.TB) *report.Statement {
	t.Helper()
	at := func(text string) calendar.Instant { return day(t, text).Start() + 36_000_000 }
	number := "91330100000869877P2026090100000142"
	return &report.Statement{
		AsOf: report.AsOf{Height: 1_204_331, Time: at("2026-12-01")}, Member: steel, Month: "2026-11", From: day(t, "2026-11-01"), To: day(t, "2026-11-30"),
		Final: true, Names: firms(), Received: report.Flow{Count: 1, Amount: 29_865_000},
		Held: report.Side{
			Opening: 120_000_000, Out: 30_000_000, Closing: 90_000_000,
			Entries: []report.Entry{{
				Time: at("2026-11-12"), Kind: "sale", Certificate: number, Interval: interval.Of(1, 30_000_000), Amount: 30_000_000, Counterpart: "91330100000000001B",
			}},
			Balances: []report.Balance{{Certificate: number, Debtor: core, Payment: day(t, "2027-03-01"), Amount: 90_000_000}},
		},
		Payments: []report.Payment{{
			Time: at("2026-11-12"), Purpose: record.PurposeFinancing, In: true, Counterpart: "91330100000000001B", Amount: 29_865_000, Fen: 30_000_000,
			Interest: 135_000, Reference: "BK20261112000871", Form: record.SaleWithoutRecourse,
		}},
	}
}

// TestExportForReaders writes one paper of each kind where .ci/papers has another program
// read it, in the folder that PAPERS_EXPORT names; and beside each, line by line, what a
// person finds on it.
func TestExportForReaders(t *testing.T) {
	folder := cmp.Or(os.Getenv("PAPERS_EXPORT"), t.TempDir())
	c, holdings := copyOf(t, firms())
	whole, wholeErr := paper.PrintCertificate(c, holdings)
	part, partErr := paper.PrintHolding(c, &holdings[2])
	month, monthErr := paper.PrintStatement("tierledger-main", statementOf(t))
	if err := errors.Join(wholeErr, partErr, monthErr); err != nil {
		t.Fatal(err)
	}
	for name, made := range map[string]struct {
		pdf  []byte
		says []string
	}{
		"certificate": {whole, []string{
			"应收账款电子凭证", "91330100000869877P2026090100000142", "¥1,000,000.00", "人民币壹佰万元整", "浙江恒远重型机械股份有限公司", core,
			"杭州钢联金属材料有限公司", steel, "2026-09-01", "2027-02-28", "2027-03-01", "500,000.00", "30000001-80000000", "质押 Pledged", "AP-2026-09-0042",
		}},
		"holding": {part, []string{
			"子凭证持有证明", "91330100000869877P2026090100000142-1", "¥200,000.00", "人民币贰拾万元整", "浙江恒远重型机械股份有限公司",
			"杭州钢联金属材料有限公司", "80000001-100000000", "2026-09-01", "2027-03-01", "2026-11-25 10:00:00", "质押 Pledged", "200,000.00",
		}},
		"statement": {month, []string{
			"月度对账单", "2026-11", "杭州钢联金属材料有限公司", "2026-11-01 至 2026-11-30", "¥1,200,000.00", "¥300,000.00", "¥900,000.00",
			"91330100000869877P2026090100000142", "融资转让 Sold", "浙江恒远重型机械股份有限公司", "2026-11-12", "2027-03-01", "298,650.00", "1,350.00",
		}},
	} {
		for ending, text := range map[string][]byte{".pdf": made.pdf, ".says": []byte(strings.Join(made.says, "\n") + "\n")} {
			if err := os.WriteFile(filepath.Join(folder, name+ending), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
