package paper

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Copy is what every paper about a certificate is of.
type Copy struct {
	Network     string
	Height      int64            // of the ledger
	At          calendar.Instant // the ledger's time
	Certificate *record.Certificate
	Names       func(member string) string // registered names
	Link        string                     // to the page that verifies the paper
	TxID        record.Digest              // the transaction that made it what it is
}

// PrintCertificate prints a certificate with its holdings.
func PrintCertificate(c *Copy, holdings []record.Holding) ([]byte, error) {
	d := newDocument(word{"应收账款电子凭证", "Digital debt certificate"}, c.Network, c.Height, c.At)
	d.page("凭证编号 No. " + c.Certificate.Number)
	d.amount(word{"凭证金额", "Face amount"}, c.Certificate.Face)
	d.facts(c.facts())
	d.heading(word{"持有", "Holdings"}, 16)
	d.table(holdingColumns(), c.rows(holdings), []string{"合计", "", "", c.Certificate.Face.Human(), "", ""})
	if err := d.verification(c.Link, c.TxID); err != nil {
		return nil, err
	}
	d.end()
	return d.bytes()
}

// PrintHolding prints one holding of a certificate.
func PrintHolding(c *Copy, h *record.Holding) ([]byte, error) {
	d := newDocument(word{"子凭证持有证明", "Certificate of holding"}, c.Network, c.Height, c.At)
	d.page("子凭证编号 No. " + c.Certificate.Number + "-" + strconv.Itoa(int(h.ID)))
	d.amount(word{"持有金额", "Amount held"}, h.Amount())
	from := "-"
	if h.Claim.Recourse != "" {
		from = c.said(h.Claim.Recourse)
	}
	d.facts([]fact{
		{word{"持有人", "Holder"}, c.said(h.Owner)},
		{word{"持有人代码", "Holder's code"}, h.Owner},
		{word{"付款方", "Debtor"}, c.said(c.Certificate.Debtor)},
		{word{"付款方代码", "Debtor's code"}, c.Certificate.Debtor},
		{word{"付款日", "Payable on"}, cmp.Or(h.Claim.Payment, c.Certificate.Payment).String()},
		{word{"持有起始", "Held since"}, moment(h.Since)},
		{word{"凭证区间", "Fen of it"}, h.Interval.String()},
		{word{"流转级次", "Tier"}, strconv.Itoa(int(h.MaxTier()))},
		{word{"状态", "State"}, c.state(h)},
		{word{"追索对象", "Recourse to"}, from},
		{word{"凭证金额", "Face amount"}, "¥" + c.Certificate.Face.Human()},
		{word{"首手持有人", "First holder"}, c.said(c.Certificate.FirstHolder)},
		{word{"签发日", "Issued on"}, c.Certificate.IssueDate.String()},
		{word{"版本", "Version"}, strconv.Itoa(int(h.Version))},
	})
	if len(h.Locks) > 0 {
		d.heading(word{"限制", "Claims on it"}, 16)
		d.table([]column{
			{word{"种类", "Kind"}, 3, "L"}, {word{"区间", "Fen"}, 3, "L"}, {word{"金额(元)", "Amount"}, 2, "R"}, {word{"相对方", "With"}, 4, "L"},
		}, c.claims(h), nil)
	}
	if err := d.verification(c.Link, c.TxID); err != nil {
		return nil, err
	}
	d.end()
	return d.bytes()
}

// amount writes an amount in figures and in capital numerals.
func (d *document) amount(label word, f money.Fen) {
	const tall = 25.0
	d.fill(margin, d.y, width, tall, shade)
	d.line(d.y, 0.5, brand)
	d.text(margin+4, d.y+3, 40, 5, label.zh, style{size: 10, colour: ink, align: "L"})
	d.text(margin+4, d.y+8, 40, 4, label.en, style{size: 7, colour: grey, align: "L"})
	d.text(margin+40, d.y+3, width-44, 9, "¥"+f.Human(), style{size: 20, bold: true, colour: ink, align: "R"})
	d.text(margin+4, d.y+15, 40, 6, "大写 In words", style{size: 8.5, colour: grey, align: "L"})
	d.text(margin+40, d.y+15, width-44, 7, f.Capital(), style{size: 13, bold: true, colour: ink, align: "R"})
	d.y += tall + 3
}

func (c *Copy) facts() []fact {
	cert := c.Certificate
	line := "-"
	if cert.Line != "" {
		line = c.said(cert.Bank) + " " + cert.Line
	}
	green := "否 no"
	if cert.Green {
		green = "是 yes"
	}
	status := statuses[certificate.StatusOf(cert, c.At)]
	return []fact{
		{word{"付款方(开立方)", "Debtor"}, c.said(cert.Debtor)},
		{word{"付款方代码", "Debtor's code"}, cert.Debtor},
		{word{"收款方(首手)", "First holder"}, c.said(cert.FirstHolder)},
		{word{"收款方代码", "Holder's code"}, cert.FirstHolder},
		{word{"签发日", "Issued on"}, cert.IssueDate.String()},
		{word{"到期日", "Maturity"}, cert.Maturity.String()},
		{word{"付款日", "Payable on"}, cert.Payment.String()},
		{word{"状态", "State"}, status.both()},
		{word{"已兑付金额", "Paid"}, "¥" + cert.Redeemed.Human()},
		{word{"未付金额", "Not paid"}, "¥" + (cert.Face - cert.Redeemed).Human()},
		{word{"币种", "Currency"}, "人民币 " + cert.Currency},
		{word{"付款编号", "Reference"}, cert.Reference},
		{word{"授信额度", "Credit line"}, line},
		{word{"贸易背景", "Evidence"}, "发票 " + strconv.Itoa(len(cert.Allocations)) + " invoices"},
		{word{"合同编号", "Contract"}, cert.Contract},
		{word{"绿色标识", "Green"}, green},
	}
}

func holdingColumns() []column {
	return []column{
		{word{"子凭证", "Holding"}, 1.4, "L"}, {word{"持有人", "Holder"}, 5, "L"}, {word{"区间", "Fen"}, 3.4, "L"},
		{word{"金额(元)", "Amount"}, 2.6, "R"}, {word{"级次", "Tier"}, 1, "C"}, {word{"状态", "State"}, 3, "L"},
	}
}

func (c *Copy) rows(holdings []record.Holding) [][]string {
	sorted := slices.Clone(holdings)
	slices.SortFunc(sorted, func(a, b record.Holding) int { return cmp.Compare(a.Interval.From, b.Interval.From) })
	rows := make([][]string, len(sorted))
	for i := range sorted {
		h := &sorted[i]
		rows[i] = []string{
			strconv.Itoa(int(h.ID)), c.said(h.Owner), h.Interval.String(), h.Amount().Human(), strconv.Itoa(int(h.MaxTier())), c.state(h),
		}
	}
	return rows
}

// state is what became of a holding, or which claims rest on it.
func (c *Copy) state(h *record.Holding) string {
	if h.Redeemed != 0 {
		return "已兑付 Paid"
	}
	var list []string
	for _, l := range h.Locks {
		if said := locks[l.Kind].both(); !slices.Contains(list, said) {
			list = append(list, said)
		}
	}
	if len(list) == 0 {
		return statuses[certificate.StatusOf(c.Certificate, c.At)].both()
	}
	return strings.Join(list, ", ")
}

func (c *Copy) claims(h *record.Holding) [][]string {
	rows := make([][]string, len(h.Locks))
	for i, l := range h.Locks {
		with := "-"
		if l.Counterpart != "" {
			with = c.said(l.Counterpart)
		}
		rows[i] = []string{locks[l.Kind].both(), l.Interval.String(), l.Interval.Amount().Human(), with}
	}
	return rows
}

// said is a member's name, or its code.
func (c *Copy) said(member string) string { return cmp.Or(c.Names(member), member) }
