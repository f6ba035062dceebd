package paper

import (
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/record"
)

// word is one thing in both languages.
type word struct{ zh, en string }

func (w word) both() string { return w.zh + " " + w.en }

var statuses = map[certificate.Status]word{
	certificate.StatusIssued:     {"待签收", "Awaiting acceptance"},
	certificate.StatusActive:     {"有效", "Active"},
	certificate.StatusPayable:    {"今日到期", "Payable today"},
	certificate.StatusPartlyPaid: {"部分兑付", "Partly paid"},
	certificate.StatusSettled:    {"已兑付", "Paid"},
	certificate.StatusOverdue:    {"逾期", "Overdue"},
	certificate.StatusExtended:   {"已展期", "Extended"},
	certificate.StatusRejected:   {"已拒收", "Rejected"},
	certificate.StatusWithdrawn:  {"已撤回", "Withdrawn"},
	certificate.StatusLapsed:     {"已失效", "Lapsed"},
	certificate.StatusVoid:       {"已作废", "Void"},
}

var locks = map[record.LockKind]word{
	record.LockProposal:   {"待复核", "Approval waits"},
	record.LockOffer:      {"转让待签收", "Offered"},
	record.LockFinancing:  {"融资申请中", "Financing asked for"},
	record.LockDisbursing: {"放款中", "Being disbursed"},
	record.LockPledge:     {"质押", "Pledged"},
	record.LockFreeze:     {"冻结", "Frozen"},
	record.LockClearing:   {"清分中", "Being cleared"},
	record.LockRecourse:   {"追索中", "Recourse"},
	record.LockReturned:   {"付款待处理", "Payment kept"},
}

// kinds are the entries of a statement, by kind and direction.
func kindOf(kind string, in bool) word {
	type key struct {
		kind string
		in   bool
	}
	known := map[key]word{
		{"issue", true}:       {"签收", "Accepted"},
		{"transfer", true}:    {"受让", "Received"},
		{"transfer", false}:   {"转让", "Transferred"},
		{"sale", true}:        {"融资受让", "Bought"},
		{"sale", false}:       {"融资转让", "Sold"},
		{"resale", true}:      {"再保理受让", "Bought"},
		{"resale", false}:     {"再保理转让", "Resold"},
		{"buy-back", true}:    {"回购", "Bought back"},
		{"buy-back", false}:   {"被回购", "Bought back"},
		{"redeem", false}:     {"兑付", "Paid"},
		{"unredeem", true}:    {"付款退回", "Payment returned"},
		{"recourse", true}:    {"追索取得", "By recourse"},
		{"recourse", false}:   {"追索转出", "By recourse"},
		{"judicial", true}:    {"司法划入", "By court order"},
		{"judicial", false}:   {"司法划出", "By court order"},
		{"succession", true}:  {"承继", "Succession"},
		{"succession", false}: {"被承继", "Succession"},
		{"void", false}:       {"作废", "Voided"},
	}
	if w, ok := known[key{kind, in}]; ok {
		return w
	}
	return word{kind, ""}
}

var purposes = map[record.Purpose]word{
	record.PurposeFinancing:    {"融资", "Financing"},
	record.PurposeResale:       {"再保理", "Resale"},
	record.PurposeBuyBack:      {"回购", "Buy-back"},
	record.PurposeRepayment:    {"还款", "Repayment"},
	record.PurposeDiscount:     {"提前兑付", "Early payment"},
	record.PurposeOutside:      {"线下付款", "Paid outside"},
	record.PurposeDebtorShare:  {"付款方承担息费", "Debtor's share"},
	record.PurposeGuaranteeFee: {"担保费", "Guarantee fee"},
	record.PurposeClearing:     {"到期兑付", "Clearing"},
	record.PurposeRecourse:     {"追索", "Recourse"},
	record.PurposeGuarantee:    {"担保代偿", "Guarantee"},
	record.PurposeLateInterest: {"逾期利息", "Late interest"},
	record.PurposeRefund:       {"退款", "Refund"},
}
