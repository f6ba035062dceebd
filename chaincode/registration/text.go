package registration

import (
	"fmt"
	"strings"

	"github.com/tierledger/tierledger/chaincode/record"
)

// Subject is what the registry's text speaks of.
type Subject struct {
	Financing    *record.Financing
	Legs         []record.Leg
	Certificates map[string]*record.Certificate // by number, one for each leg
	Names        func(member string) string     // registered name
}

// Text is the description of the property for the registry's form, in Chinese as
// the registry takes it: who gave what to whom, piece by piece, in fen that anybody
// can find again. The same ledger gives the same text.
func Text(s Subject) string {
	f := s.Financing
	var b strings.Builder
	give, take, what := "转让人", "受让人", "应收账款转让"
	if f.Terms.Kind == record.PledgeLoan {
		give, take, what = "出质人", "质权人", "应收账款质押"
	}
	fmt.Fprintf(&b, "登记类型：%s（%s）\n", what, kindText(f.Terms.Kind))
	fmt.Fprintf(&b, "%s：%s（统一社会信用代码 %s）\n", give, s.Names(f.Holder), f.Holder)
	fmt.Fprintf(&b, "%s：%s（统一社会信用代码 %s）\n", take, s.Names(f.Funder), f.Funder)
	fmt.Fprintf(&b, "融资编号：%s\n合同文本哈希（SHA-256）：%s\n", f.ID, f.Terms.Contract)
	fmt.Fprintf(&b, "融资本金：人民币 %s 元；标的合计：人民币 %s 元\n", f.Cost.Advance.Human(), f.Amount.Human())
	b.WriteString("财产描述：\n")
	for i, leg := range s.Legs {
		c := s.Certificates[leg.Certificate]
		fmt.Fprintf(&b, "%d. 应收账款电子凭证 %s 第 %d 至 %d 分（每分人民币 0.01 元），金额人民币 %s 元；付款方 %s（%s）；开立日 %s，付款日 %s。\n",
			i+1, leg.Certificate, int64(leg.Interval.From), int64(leg.Interval.To), leg.Interval.Amount().Human(),
			s.Names(c.Debtor), c.Debtor, c.IssueDate, c.Payment)
	}
	return b.String()
}

func kindText(kind record.FinancingKind) string {
	switch kind {
	case record.SaleWithRecourse:
		return "有追索权"
	case record.SaleWithoutRecourse:
		return "无追索权"
	default:
		return "质押融资"
	}
}
