package report

import (
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// bookkeeper enters what happened, oldest first.
type bookkeeper struct {
	chart
	src      Source
	left     map[string]money.Fen // of a loan, by financing: what is not repaid
	names    map[string]string
	vouchers []voucher
}

// enter makes the vouchers of what happened at once: first the payments with the fen
// that went with them, then what moved without money, then loans that ended otherwise.
func (k *bookkeeper) enter(g *happening) error {
	paid := map[string]bool{} // financings on which the member paid
	for _, p := range g.payments {
		var held, owed []Entry
		held, g.held = of(g.held, p.Settlement)
		owed, g.owed = of(g.owed, p.Settlement)
		summary, lines := k.payment(&p, held, owed)
		certificate := only(append(held, owed...))
		if err := k.voucher(g, summary, certificate, lines); err != nil {
			return err
		}
		paid[p.Financing] = paid[p.Financing] || !p.In
	}
	for _, e := range g.held {
		summary, lines := k.moved(&e)
		if err := k.voucher(g, summary, e.Certificate, lines); err != nil {
			return err
		}
	}
	for _, e := range g.owed {
		summary, lines := k.owes(&e)
		if err := k.voucher(g, summary, e.Certificate, lines); err != nil {
			return err
		}
	}
	for _, e := range g.ends {
		if err := k.voucher(g, "付款方兑付,有追索权融资终止确认", "", k.ended(e.of)); err != nil {
			return err
		}
	}
	return nil
}

func (k *bookkeeper) voucher(g *happening, summary, certificate string, lines []line) error {
	for i := range lines {
		name, err := k.name(lines[i].detail)
		if err != nil {
			return err
		}
		lines[i].detail = name
	}
	v, err := balanced(VoucherLine{Date: g.time.Date(), Summary: summary, Certificate: certificate, TxID: g.txid}, lines...)
	if len(v) > 0 {
		k.vouchers = append(k.vouchers, v)
	}
	return err
}

// name is a member's registered name.
func (k *bookkeeper) name(id string) (string, error) {
	if name, known := k.names[id]; known || id == "" {
		return name, nil
	}
	m, err := record.Find(k.src.State, record.MemberKey(id))
	if err != nil {
		return "", err
	}
	k.names[id] = id
	if m != nil {
		k.names[id] = m.Name
	}
	return k.names[id], nil
}

// payment is what money and the fen that went with it come to.
func (k *bookkeeper) payment(p *Payment, held, owed []Entry) (string, []line) {
	if p.Returned {
		return k.returned(p)
	}
	if p.In {
		return k.received(p, sumOf(held))
	}
	return k.paid(p, sumOf(owed))
}

// received is money to the member; fen are its own that went with it.
func (k *bookkeeper) received(p *Payment, fen money.Fen) (string, []line) {
	who := p.Counterpart
	cash := line{k.cash, who, p.Amount}
	switch p.Purpose {
	case record.PurposeFinancing:
		if p.Form == record.SaleWithoutRecourse {
			return "无追索权融资(卖断)", []line{
				cash, {k.cost, who, p.Interest + p.Fee}, {accOtherReceivable, who, p.Kept},
				{k.asset, "", -(p.Amount + p.Interest + p.Fee + p.Kept)},
			}
		}
		borrowed := p.Amount + p.Interest + p.Fee
		k.left[p.Financing] += borrowed
		return "有追索权融资或质押借款", []line{cash, {k.cost, who, p.Interest + p.Fee}, {k.loan, who, -borrowed}}
	case record.PurposeResale, record.PurposeBuyBack, record.PurposeRepayment, record.PurposeRecourse, record.PurposeGuarantee:
		if fen == 0 {
			fen = p.Fen
		}
		if fen == 0 {
			fen = p.Amount
		}
		return "收回保理融资款", []line{cash, {k.income, who, fen - p.Amount}, {k.asset, who, -fen}}
	case record.PurposeDebtorShare:
		return "收取付款方承担的利息及费用", []line{cash, {accDeferred, who, -p.Amount}}
	case record.PurposeGuaranteeFee:
		return "收取担保费", []line{cash, {"手续费及佣金收入", who, -p.Amount}}
	case record.PurposeLateInterest:
		return "收取逾期利息", []line{cash, {accGain, who, -p.Amount}}
	case record.PurposeRefund:
		return "收回多付款项", []line{cash, {accOtherReceivable, who, -p.Amount}}
	default: // clearing, discount, outside
		if fen == 0 {
			fen = p.Amount
		}
		return "电子债权凭证兑付", []line{cash, {k.cost, who, fen - p.Amount}, {k.asset, who, -fen}}
	}
}

// paid is money from the member; fen are those that it owed.
func (k *bookkeeper) paid(p *Payment, fen money.Fen) (string, []line) {
	who := p.Counterpart
	cash := line{k.cash, who, -p.Amount}
	switch p.Purpose {
	case record.PurposeFinancing:
		return "发放保理融资款", []line{
			{k.asset, who, p.Amount + p.Interest + p.Fee}, cash, {accDeferred, who, -(p.Interest + p.Fee)},
		}
	case record.PurposeResale:
		return "受让保理融资款", []line{{k.asset, who, p.Fen}, cash, {accDeferred, who, p.Amount - p.Fen}}
	case record.PurposeBuyBack, record.PurposeRepayment, record.PurposeRecourse:
		repaid := min(p.Amount, k.left[p.Financing])
		if p.Purpose != record.PurposeBuyBack && p.Interest < 0 { // prepaid interest that was not earned comes back
			repaid = min(p.Amount-p.Interest, k.left[p.Financing])
		}
		k.left[p.Financing] -= repaid
		return "偿还融资借款", []line{{k.loan, who, repaid}, {k.cost, who, p.Amount - repaid}, cash}
	case record.PurposeDebtorShare:
		return "承担融资利息及费用", []line{{k.cost, who, p.Amount}, cash}
	case record.PurposeGuaranteeFee:
		return "支付担保费", []line{{k.cost, who, p.Amount}, cash}
	case record.PurposeGuarantee:
		return "履行担保代偿", []line{{accOtherReceivable, who, p.Amount}, cash}
	case record.PurposeLateInterest:
		return "支付逾期利息", []line{{accLoss, who, p.Amount}, cash}
	case record.PurposeRefund:
		return "退还多收款项", []line{{accOtherPayable, who, p.Amount}, cash}
	default: // clearing, discount, outside
		if fen == 0 {
			fen = p.Amount
		}
		return "兑付电子债权凭证", []line{{accElectronic, who, fen}, {k.cost, who, p.Amount - fen}, cash}
	}
}

// returned is money that came back: the debt is there again.
func (k *bookkeeper) returned(p *Payment) (string, []line) {
	if p.In {
		return "兑付款退回", []line{{k.asset, p.Counterpart, p.Amount}, {k.cash, p.Counterpart, -p.Amount}}
	}
	return "兑付款退回", []line{{k.cash, p.Counterpart, p.Amount}, {accElectronic, p.Counterpart, -p.Amount}}
}

// moved is fen that came to the member, or went from it, without money of its own.
func (k *bookkeeper) moved(e *Entry) (string, []line) {
	asset := line{k.asset, e.Counterpart, -e.Amount}
	if e.In {
		asset.amount = e.Amount
	}
	against := func(account string) []line {
		return []line{{asset.account, asset.detail, asset.amount}, {account, e.Counterpart, -asset.amount}}
	}
	switch {
	case e.Kind == KindVoid:
		return "电子债权凭证作废", against(accReceivable)
	case e.Kind == record.MoveIssue.String():
		return "签收电子债权凭证", against(accReceivable)
	case e.Kind == record.MoveTransfer.String() && e.In:
		return "受让电子债权凭证", against(accReceivable)
	case e.Kind == record.MoveTransfer.String():
		return "转让电子债权凭证抵付货款", against(accPayable)
	case e.Kind == record.MoveRedeem.String() && e.lent != "":
		return "质押凭证兑付偿还借款", k.toPledgee(e)
	case e.Kind == record.MoveUnredeem.String():
		return "质押凭证兑付款退回", against(k.loan)
	case e.In:
		return "依法取得电子债权凭证(请按法律文书判断)", against(accOtherPayable)
	default:
		return "依法转出电子债权凭证(请按法律文书判断)", against(accOtherReceivable)
	}
}

// toPledgee is fen of which the debtor paid the bank that lent on them.
func (k *bookkeeper) toPledgee(e *Entry) []line {
	repaid := min(e.Amount, k.left[e.lent])
	k.left[e.lent] -= repaid
	return []line{{k.loan, e.PaidTo, repaid}, {k.cost, e.PaidTo, e.Amount - repaid}, {k.asset, e.Counterpart, -e.Amount}}
}

// owes is what the member came to owe, or owes no more, without money.
func (k *bookkeeper) owes(e *Entry) (string, []line) {
	amount := e.Amount
	if !e.In {
		amount = -amount
	}
	switch e.Kind {
	case record.MoveIssue.String():
		return "开立电子债权凭证抵付货款", []line{{accPayable, e.Counterpart, amount}, {accElectronic, e.Counterpart, -amount}}
	case KindVoid:
		return "电子债权凭证作废", []line{{accElectronic, e.Counterpart, -amount}, {accPayable, e.Counterpart, amount}}
	default:
		return "电子债权凭证负债变动", []line{{accElectronic, e.Counterpart, -amount}, {accOtherPayable, e.Counterpart, amount}}
	}
}

// ended takes what was sold with recourse out of the books, when its debtor has paid
// the bank.
func (k *bookkeeper) ended(f *record.Financing) []line {
	left := k.left[f.ID]
	if f.Terms.Kind != record.SaleWithRecourse || left == 0 {
		return nil
	}
	k.left[f.ID] = 0
	var interest money.Fen
	if f.Terms.Interest == record.InterestAtMaturity {
		interest = f.Cost.SupplierInterest
	}
	return []line{{k.loan, f.Funder, left}, {k.cost, f.Funder, interest}, {k.asset, "", -(left + interest)}}
}
