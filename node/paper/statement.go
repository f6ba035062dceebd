package paper

import (
	"cmp"
	"fmt"

	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/ledger/report"
)

// PrintStatement prints a member's statement of a month.
func PrintStatement(network string, s *report.Statement) ([]byte, error) {
	d := newDocument(word{"月度对账单", "Monthly statement"}, network, s.AsOf.Height, s.AsOf.Time)
	name := func(member string) string { return cmp.Or(s.Names[member], member, "-") }
	d.page(s.Month + "  " + name(s.Member))
	period := fmt.Sprintf("%s 至 %s", s.From, s.To)
	if !s.Final {
		period += "(本月未结束 not over)"
	}
	d.facts([]fact{
		{word{"成员单位", "Member"}, name(s.Member)},
		{word{"单位代码", "Code"}, s.Member},
		{word{"期间", "Period"}, period},
		{word{"截至", "As of"}, moment(s.AsOf.Time)},
	})
	for _, side := range []struct {
		title    word
		opposite word
		of       *report.Side
		held     bool
	}{
		{word{"持有凭证", "Certificates held"}, word{"付款方", "Debtor"}, &s.Held, true},
		{word{"应付凭证", "Certificates owed"}, word{"", ""}, &s.Owed, false},
	} {
		if side.of.Opening == 0 && side.of.In == 0 && side.of.Out == 0 && !side.held {
			continue
		}
		d.heading(side.title, 24)
		d.sums(side.of)
		d.entries(side.of, side.held, name)
		d.balances(side.of, side.held, name)
	}
	d.payments(s, name)
	d.end()
	return d.bytes()
}

// sums writes the four amounts of a side.
func (d *document) sums(s *report.Side) {
	const tall = 15.0
	d.room(tall)
	quarter := float64(width) / 4
	for i, f := range []struct {
		label  word
		amount money.Fen
	}{
		{word{"期初余额", "Opening"}, s.Opening}, {word{"本期增加", "In"}, s.In}, {word{"本期减少", "Out"}, s.Out}, {word{"期末余额", "Closing"}, s.Closing},
	} {
		x := margin + float64(i)*quarter
		d.fill(x, d.y, quarter-1.5, tall, shade)
		d.text(x+2, d.y+1.5, quarter-5, 4.5, f.label.both(), style{size: 8.5, colour: grey, align: "L"})
		d.text(x+2, d.y+7, quarter-5.5, 6, "¥"+f.amount.Human(), style{size: 12, bold: true, colour: ink, align: "R"})
	}
	d.y += tall + 4
}

func (d *document) entries(s *report.Side, held bool, name func(string) string) {
	rows := make([][]string, len(s.Entries))
	for i := range s.Entries {
		e := &s.Entries[i]
		kind := kindOf(e.Kind, e.In)
		if !held && e.In && e.Kind == "issue" {
			kind = word{"开立", "Issued"}
		}
		in, out := e.Amount.Human(), ""
		if !e.In {
			in, out = out, in
		}
		rows[i] = []string{e.Time.Date().String(), kind.both(), e.Certificate, name(e.Counterpart), in, out}
	}
	if len(rows) == 0 {
		d.room(8)
		d.text(margin, d.y, width, 6, "本期无变动 Nothing came or went", style{size: 9, colour: grey, align: "L"})
		d.y += 9
		return
	}
	d.table([]column{
		{word{"日期", "Date"}, 2, "L"}, {word{"摘要", "What"}, 2.6, "L"}, {word{"凭证编号", "Certificate"}, 5, "L"},
		{word{"对方", "With"}, 4.2, "L"}, {word{"增加(元)", "In"}, 2.6, "R"}, {word{"减少(元)", "Out"}, 2.6, "R"},
	}, rows, []string{"合计", "", "", "", s.In.Human(), s.Out.Human()})
}

func (d *document) balances(s *report.Side, held bool, name func(string) string) {
	if len(s.Balances) == 0 {
		return
	}
	rows := make([][]string, len(s.Balances))
	for i := range s.Balances {
		b := &s.Balances[i]
		rows[i] = []string{b.Certificate, name(b.Debtor), b.Payment.String(), b.Amount.Human()}
	}
	title := word{"期末持有明细", "Held at the end"}
	if !held {
		title = word{"期末应付明细", "Owed at the end"}
	}
	d.heading(title, 16)
	d.table([]column{
		{word{"凭证编号", "Certificate"}, 4, "L"}, {word{"付款方", "Debtor"}, 4, "L"}, {word{"付款日", "Payable on"}, 2, "L"}, {word{"金额(元)", "Amount"}, 2.4, "R"},
	}, rows, []string{"合计", "", "", s.Closing.Human()})
}

func (d *document) payments(s *report.Statement, name func(string) string) {
	if len(s.Payments) == 0 {
		return
	}
	rows := make([][]string, len(s.Payments))
	for i := range s.Payments {
		p := &s.Payments[i]
		what := purposes[p.Purpose].both()
		amount := p.Amount
		if p.Returned {
			what, amount = what+"(退回 returned)", -amount
		}
		in, out := amount.Human(), ""
		if !p.In {
			in, out = out, in
		}
		cost := ""
		if p.Interest+p.Fee != 0 {
			cost = (p.Interest + p.Fee).Human()
		}
		rows[i] = []string{p.Time.Date().String(), what, name(p.Counterpart), cmp.Or(p.Reference, "-"), cost, in, out}
	}
	d.heading(word{"资金往来", "Payments advised by banks"}, 16)
	d.table([]column{
		{word{"日期", "Date"}, 2, "L"}, {word{"用途", "For"}, 3, "L"}, {word{"对方", "With"}, 4, "L"}, {word{"银行流水号", "Bank's reference"}, 3.4, "L"},
		{word{"利息费用(元)", "Interest, fees"}, 2.2, "R"}, {word{"收入(元)", "Received"}, 2.6, "R"}, {word{"支出(元)", "Paid"}, 2.6, "R"},
	}, rows, []string{"合计", "", "", "", "", s.Received.Amount.Human(), s.Paid.Amount.Human()})
}
