package paper

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/skip2/go-qrcode"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Measures of a page, in millimetres.
const (
	pageWidth, pageHeight = 210, 297
	margin                = 18
	width                 = pageWidth - 2*margin
	bottom                = pageHeight - 24 // of what is written
)

const family = "noto"

// colour is red, green, blue.
type colour [3]int

var (
	ink   = colour{24, 28, 36}
	grey  = colour{104, 112, 124}
	rule  = colour{196, 203, 213}
	shade = colour{244, 246, 249}
	brand = colour{16, 63, 120}
)

// document is a paper being printed. Its y grows downwards.
type document struct {
	pdf      *fpdf.Fpdf
	title    word
	network  string
	height   int64
	at       calendar.Instant
	y        float64
	replaced bool // a character could not be printed
}

func newDocument(title word, network string, height int64, at calendar.Instant) *document {
	pdf := fpdf.New("P", "mm", "A4", "")
	d := &document{pdf: pdf, title: title, network: network, height: height, at: at}
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(at.Time().In(time.UTC))
	pdf.SetModificationDate(at.Time().In(time.UTC))
	pdf.SetProducer("Tierledger", true)
	pdf.SetTitle(title.both(), true)
	pdf.SetLang("zh-CN")
	pdf.SetDisplayMode("fullpage", "single")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(margin, margin, margin)
	pdf.AddUTF8FontFromBytes(family, "", regular)
	pdf.AddUTF8FontFromBytes(family, "B", bold)
	pdf.AliasNbPages(allPages)
	return d
}

// allPages stands for the number of pages until it is known.
const allPages = "{#}"

// bytes ends the document.
func (d *document) bytes() ([]byte, error) {
	var b bytes.Buffer
	if err := errors.Join(d.pdf.Error(), d.pdf.Output(&b)); err != nil {
		return nil, fmt.Errorf("print %s: %w", d.title.en, err)
	}
	return b.Bytes(), nil
}

// style is how a text looks.
type style struct {
	size   float64 // points
	bold   bool
	colour colour
	align  string // L, C or R
}

// set chooses the font for a text that was made printable. The bold one lacks most
// characters.
func (d *document) set(s style, text string) {
	face := ""
	if s.bold && boldGlyphs().has(text) {
		face = "B"
	}
	d.pdf.SetFont(family, face, s.size)
	d.pdf.SetTextColor(s.colour[0], s.colour[1], s.colour[2])
}

// text writes one line into a box, with its middle on the box's; what is too long is
// made smaller, down to six tenths, and then cut.
func (d *document) text(x, y, w, h float64, text string, s style) {
	text = d.clean(text)
	d.set(s, text)
	if wide := d.pdf.GetStringWidth(text); wide > w && wide > 0 {
		s.size *= max(0.6, w/wide*0.995)
		d.set(s, text)
		text = d.cut(text, w)
	}
	d.pdf.SetXY(x, y)
	d.pdf.CellFormat(w, h, text, "", 0, s.align+"M", false, 0, "")
}

// cut shortens a text to a width.
func (d *document) cut(text string, w float64) string {
	runes := []rune(text)
	for len(runes) > 1 && d.pdf.GetStringWidth(string(runes)) > w {
		runes = append(runes[:len(runes)-2], '…')
	}
	return string(runes)
}

// clean makes a text printable and remembers when something was replaced.
func (d *document) clean(text string) string {
	text, replaced := shown(text)
	d.replaced = d.replaced || replaced
	return text
}

// paragraph writes text over as many lines as it needs and returns the height of all.
func (d *document) paragraph(x, y, w, leading float64, text string, s style) float64 {
	lines := d.lines(d.clean(text), w, s)
	for i, l := range lines {
		d.text(x, y+float64(i)*leading, w, leading, l, s)
	}
	return float64(len(lines)) * leading
}

// lines breaks a text: at spaces, between Chinese characters, and within a word that is
// longer than a line.
func (d *document) lines(text string, w float64, s style) []string {
	d.set(s, text)
	var lines []string
	line, breakable := []rune{}, 0 // up to where the line may be broken
	for _, c := range text {
		line = append(line, c)
		if d.pdf.GetStringWidth(string(line)) > w && len(line) > 1 {
			at := breakable
			if at == 0 || at >= len(line) {
				at = len(line) - 1
			}
			lines = append(lines, strings.TrimSpace(string(line[:at])))
			line, breakable = append([]rune{}, line[at:]...), 0
		}
		if c == ' ' || unicode.Is(unicode.Han, c) || strings.ContainsRune(",，。;；:、)》”!?", c) {
			breakable = len(line)
		}
	}
	if rest := strings.TrimSpace(string(line)); rest != "" || len(lines) == 0 {
		lines = append(lines, rest)
	}
	return lines
}

// line draws a line over the width of what is written.
func (d *document) line(y, thick float64, c colour) {
	d.pdf.SetDrawColor(c[0], c[1], c[2])
	d.pdf.SetLineWidth(thick)
	d.pdf.Line(margin, y, pageWidth-margin, y)
}

func (d *document) fill(x, y, w, h float64, c colour) {
	d.pdf.SetFillColor(c[0], c[1], c[2])
	d.pdf.Rect(x, y, w, h, "F")
}

// page begins a page with its frame, its heading and what stands at its foot.
func (d *document) page(subtitle string) {
	d.pdf.AddPage()
	d.fill(0, 0, pageWidth, 4, brand)
	d.text(margin, 12, 110, 6, d.network, style{size: 8.5, colour: grey, align: "L"})
	d.text(pageWidth-margin-60, 12, 60, 6, fmt.Sprintf("第 %d 页 / 共 %s 页", d.pdf.PageNo(), allPages), style{size: 8.5, colour: grey, align: "R"})
	d.y = 20
	if d.pdf.PageNo() == 1 {
		d.text(margin, 21, width, 12, d.title.zh, style{size: 22, bold: true, colour: brand, align: "C"})
		d.text(margin, 33, width, 6, strings.ToUpper(d.title.en), style{size: 10, colour: grey, align: "C"})
		d.text(margin, 41, width, 6, subtitle, style{size: 10.5, bold: true, colour: ink, align: "C"})
		d.y = 51
	}
	d.foot()
}

func (d *document) foot() {
	y := float64(pageHeight - 19)
	d.line(y, 0.2, rule)
	note := fmt.Sprintf("本件为账本记录的打印副本，以账本记录为准。账本高度 %d,时间 %s", d.height, moment(d.at))
	d.text(margin, y+1.5, width, 4, note, style{size: 7.5, colour: grey, align: "L"})
	note = fmt.Sprintf("A printed copy; the ledger's record prevails. Ledger height %d, time %s", d.height, moment(d.at))
	d.text(margin, y+5.5, width, 4, note, style{size: 7.5, colour: grey, align: "L"})
}

// end notes characters that could not be printed.
func (d *document) end() {
	if d.replaced {
		d.text(margin, pageHeight-9.5, width, 4, string(missing)+" 代替字库中没有的字符 stands for a character that the font of this paper lacks",
			style{size: 7.5, colour: grey, align: "L"})
	}
}

// room begins a new page unless so much is left on this one.
func (d *document) room(height float64) {
	if d.y+height > bottom {
		d.page("")
	}
}

// heading writes the title of a section, together with at least some of what follows.
func (d *document) heading(w word, follows float64) {
	d.room(10 + follows)
	d.fill(margin, d.y+1.5, 1.2, 5, brand)
	d.text(margin+3, d.y, width-3, 8, w.both(), style{size: 11, bold: true, colour: ink, align: "L"})
	d.y += 10
}

// fact is one labelled value.
type fact struct {
	label word
	value string
}

// facts writes labelled values in two columns; a long value takes a line of its own.
func (d *document) facts(list []fact) {
	const label, leading = 27.0, 5.2
	half := float64(width) / 2
	cell := func(x, w float64, f fact) float64 {
		d.text(x, d.y+0.9, label, 4.6, f.label.zh, style{size: 9.5, colour: ink, align: "L"})
		d.text(x, d.y+5, label, 3.6, f.label.en, style{size: 6.8, colour: grey, align: "L"})
		return d.paragraph(x+label, d.y+1.6, w-label-3, leading, f.value, style{size: 10.5, colour: ink, align: "L"})
	}
	for i := 0; i < len(list); {
		d.room(12)
		value := style{size: 10.5, colour: ink}
		whole := len(d.lines(d.clean(list[i].value), half-label-3, value)) > 2
		var tall float64
		if whole {
			tall = cell(margin, width, list[i])
			i++
		} else {
			tall = cell(margin, half, list[i])
			i++
			if i < len(list) && len(d.lines(d.clean(list[i].value), half-label-3, value)) <= 2 {
				tall = max(tall, cell(margin+half, half, list[i]))
				i++
			}
		}
		d.y += max(9.8, tall+3.4)
		d.line(d.y, 0.15, rule)
	}
	d.y += 4
}

// column is a column of a table.
type column struct {
	head  word
	width float64 // parts of the whole
	align string
}

// table writes rows, with the heading again on every page.
func (d *document) table(columns []column, rows [][]string, total []string) {
	var parts float64
	for _, c := range columns {
		parts += c.width
	}
	const tall, headTall, leading = 6.4, 9.0, 4.1
	row := func(cells []string, s style) {
		h := float64(tall)
		broken := make([][]string, len(cells))
		for i, c := range columns {
			broken[i] = d.broken(cells[i], c.width/parts*width-2, s)
			h = max(h, float64(len(broken[i]))*leading+1.6)
		}
		x := float64(margin)
		for i, c := range columns {
			w := c.width / parts * width
			s.align = c.align
			y := d.y + (h-float64(len(broken[i]))*leading)/2
			for n, text := range broken[i] {
				d.text(x+1, y+float64(n)*leading, w-2, leading, text, s)
			}
			x += w
		}
		d.y += h
	}
	head := func() {
		d.fill(margin, d.y, width, headTall, shade)
		x := float64(margin)
		for _, c := range columns {
			w := c.width / parts * width
			d.text(x+1, d.y+0.6, w-2, 4.4, c.head.zh, style{size: 8.8, colour: ink, align: c.align})
			d.text(x+1, d.y+4.6, w-2, 3.6, c.head.en, style{size: 6.5, colour: grey, align: c.align})
			x += w
		}
		d.y += headTall
	}
	d.room(headTall + tall)
	head()
	for _, cells := range rows {
		if d.y+2*tall > bottom {
			d.page("")
			head()
		}
		row(cells, style{size: 8.8, colour: ink})
		d.line(d.y, 0.1, rule)
	}
	if total != nil {
		d.room(tall)
		row(total, style{size: 8.8, bold: true, colour: ink})
		d.line(d.y, 0.3, brand)
	}
	d.y += 5
}

// broken is a cell's text in lines: a Chinese one in as many as it needs, up to three;
// a number or a code in one, which may have to be made smaller.
func (d *document) broken(text string, w float64, s style) []string {
	const most = 3
	text = d.clean(text)
	if !strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
		return []string{text}
	}
	lines := d.lines(text, w, s)
	if len(lines) > most {
		lines = append(lines[:most-1], strings.Join(lines[most-1:], ""))
	}
	return lines
}

// code draws a QR code as a square of the given side.
func (d *document) code(x, y, side float64, link string) error {
	code, err := qrcode.New(link, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("make the QR code: %w", err)
	}
	code.DisableBorder = true
	bitmap := code.Bitmap()
	module := side / float64(len(bitmap))
	d.pdf.SetFillColor(0, 0, 0)
	for row, cells := range bitmap {
		for from := 0; from < len(cells); from++ {
			to := from
			for to < len(cells) && cells[to] {
				to++
			}
			if to > from {
				d.pdf.Rect(x+float64(from)*module, y+float64(row)*module, float64(to-from)*module, module, "F")
				from = to
			}
		}
	}
	return nil
}

// verification writes the QR code with what it is for.
func (d *document) verification(link string, txid record.Digest) error {
	const side, tall = 34.0, 46.0
	d.room(tall)
	y := d.y + 2
	d.pdf.SetDrawColor(rule[0], rule[1], rule[2])
	d.pdf.SetLineWidth(0.2)
	d.pdf.Rect(margin, y, width, tall-4, "D")
	if err := d.code(margin+4, y+4, side, link); err != nil {
		return err
	}
	x, w := margin+side+10.0, width-side-14.0
	d.text(x, y+4, w, 6, "扫码验证 Verify", style{size: 11, bold: true, colour: brand, align: "L"})
	d.paragraph(x, y+11, w, 4.6, "用手机扫描左侧二维码，或在浏览器打开网址，即可查看账本对本件的记录以及本件是否仍为最新。请核对网页上的金额、付款方与本件一致。", style{size: 8.8, colour: ink, align: "L"})
	d.paragraph(x, y+21, w, 4, "Scan the code or open its address: it shows what the ledger says of this paper, and whether that is still so. Compare amount and debtor.",
		style{size: 7.6, colour: grey, align: "L"})
	d.text(x, y+31, w, 4, "记录交易 Transaction", style{size: 7.6, colour: grey, align: "L"})
	d.text(x, y+35, w, 4, txid.String(), style{size: 7.6, colour: ink, align: "L"})
	d.y = y + tall
	return nil
}

func moment(at calendar.Instant) string {
	return at.Time().In(time.FixedZone("", 8*60*60)).Format("2006-01-02 15:04:05 +08:00")
}
