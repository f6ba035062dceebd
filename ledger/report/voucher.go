package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// VoucherLine is one line of a voucher: an account is debited or credited. The lines of
// one voucher, and so all lines, balance to the fen.
type VoucherLine struct {
	Date        calendar.Date `json:"date"`
	Voucher     string        `json:"voucher" doc:"Number within the month" example:"记-0001"`
	Summary     string        `json:"summary"`
	Account     string        `json:"account" example:"应收款项融资"`
	Detail      string        `json:"detail" doc:"Of the account: the other side's name"`
	Debit       money.Fen     `json:"debit"`
	Credit      money.Fen     `json:"credit"`
	Certificate string        `json:"certificate" doc:"Where it is one"`
	TxID        record.Digest `json:"txId"`
}

// Columns are described at Row.
func (*VoucherLine) Columns() []string {
	return []string{"日期", "凭证字号", "摘要", "会计科目", "往来单位", "借方金额", "贷方金额", "电子凭证编号", "交易哈希"}
}

// Cells are described at Row.
func (l *VoucherLine) Cells() []string {
	amount := func(f money.Fen) string {
		if f == 0 {
			return ""
		}
		return f.String()
	}
	return []string{
		l.Date.String(), l.Voucher, l.Summary, l.Account, l.Detail, amount(l.Debit), amount(l.Credit), l.Certificate, l.TxID.String(),
	}
}

// Model is how a member's certificates are shown in its books, by the business model
// under which it holds them (企业会计准则第 22 号; 财会〔2021〕32号: not as 应收票据).
type Model string

// Models. Banks' holdings are loans in any case.
const (
	CollectAndSell Model = "collect-and-sell" // 应收款项融资
	CollectOnly    Model = "collect"          // 应收账款
)

// chart is the accounts of a member by what they are for.
type chart struct {
	cash, asset, cost, income, loan string
}

const (
	accReceivable      = "应收账款"
	accPayable         = "应付账款"
	accElectronic      = "应付账款—电子债权凭证"
	accOtherReceivable = "其他应收款"
	accOtherPayable    = "其他应付款"
	accGain            = "营业外收入"
	accLoss            = "营业外支出"
	accDeferred        = "递延收益"
)

func chartOf(m *record.Member, model Model) (chart, error) {
	c := chart{cash: "银行存款", asset: "应收款项融资", cost: "财务费用", income: "财务费用", loan: "短期借款"}
	switch {
	case model != CollectAndSell && model != CollectOnly && model != "":
		return c, code.BadArgument.New("model %.20q is neither %s nor %s", model, CollectAndSell, CollectOnly)
	case m.Roles.Has(record.Funder):
		c.cash, c.asset, c.income = "存放中央银行款项", "贷款和垫款—保理融资", "利息收入"
	case model == CollectOnly:
		c.asset = "应收账款—电子债权凭证"
	}
	return c, nil
}

// Vouchers are the lines that a member's accountant enters for a month that has begun,
// else BAD_DATE: what the ledger says happened, in the accounts of Chinese practice. It
// is a proposal: what the ledger cannot know is the accountant's to judge. NOT_FOUND
// when there is no such member.
//
// What was sold with recourse stays in the seller's books, against a loan, until the
// debtor has paid the bank or the seller has taken it back.
func Vouchers(src Source, member, month string, model Model) ([]VoucherLine, error) {
	days, err := src.begun(month)
	if err != nil {
		return nil, err
	}
	m, err := record.Find(src.State, record.MemberKey(member))
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, code.NotFound.New("member %.40q", member)
	}
	accounts, err := chartOf(m, model)
	if err != nil {
		return nil, err
	}
	c, err := collect(src, member)
	if err != nil {
		return nil, fmt.Errorf("make the vouchers of %s for %s: %w", member, month, err)
	}
	k := &bookkeeper{chart: accounts, src: src, left: map[string]money.Fen{}, names: map[string]string{}}
	for _, g := range groups(c) {
		if err := k.enter(g); err != nil {
			return nil, fmt.Errorf("make the vouchers of %s for %s: %w", member, month, err)
		}
	}
	return numbered(k.vouchers, days), nil
}

// numbered gives the vouchers of some days their numbers.
func numbered(all []voucher, days Days) []VoucherLine {
	lines, count := []VoucherLine{}, 0
	for _, v := range all {
		if !days.has(v[0].Date) {
			continue
		}
		count++
		for _, line := range v {
			line.Voucher = fmt.Sprintf("记-%04d", count)
			lines = append(lines, line)
		}
	}
	return lines
}

// happening is all that one transaction did to a member's books.
type happening struct {
	time       calendar.Instant
	txid       record.Digest
	held, owed []Entry
	payments   []Payment
	ends       []end
}

// groups puts together what happened at once, oldest first.
func groups(c *collector) []*happening {
	at := map[place]*happening{}
	var places []place
	of := func(p place, time calendar.Instant, txid record.Digest) *happening {
		if at[p] == nil {
			at[p] = &happening{time: time, txid: txid}
			places = append(places, p)
		}
		return at[p]
	}
	for _, e := range c.held {
		g := of(e.at, e.Time, e.TxID)
		g.held = append(g.held, e)
	}
	for _, e := range c.owed {
		g := of(e.at, e.Time, e.TxID)
		g.owed = append(g.owed, e)
	}
	for _, p := range c.payments {
		g := of(p.at, p.Time, p.TxID)
		g.payments = append(g.payments, p)
	}
	for _, e := range c.ends {
		g := of(e.at, e.time, e.txid)
		g.ends = append(g.ends, e)
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.height, b.height), cmp.Compare(a.index, b.index)) })
	list := make([]*happening, len(places))
	for i, p := range places {
		list[i] = at[p]
	}
	return list
}

// of takes out the entries of a list that belong to an order.
func of(list []Entry, order string) (taken, rest []Entry) {
	for _, e := range list {
		if e.Order == order {
			taken = append(taken, e)
		} else {
			rest = append(rest, e)
		}
	}
	return taken, rest
}

func sumOf(entries []Entry) (sum money.Fen) {
	for _, e := range entries {
		sum += e.Amount // at most the faces
	}
	return sum
}

// only is the certificate of entries that are all of one.
func only(entries []Entry) string {
	if len(entries) == 0 {
		return ""
	}
	for _, e := range entries {
		if e.Certificate != entries[0].Certificate {
			return ""
		}
	}
	return entries[0].Certificate
}

// voucher is lines that balance.
type voucher []VoucherLine

// line debits an account with an amount, or credits it with one below zero.
type line struct {
	account, detail string
	amount          money.Fen
}

// balanced makes a voucher of lines, without those of nothing.
func balanced(base VoucherLine, lines ...line) (voucher, error) {
	var v voucher
	var sum money.Fen
	for _, l := range lines {
		var err error
		if sum, err = sum.Add(l.amount); err != nil {
			return nil, err
		}
		entry := base
		entry.Account, entry.Detail = l.account, l.detail
		switch {
		case l.amount > 0:
			entry.Debit = l.amount
		case l.amount < 0:
			entry.Credit = -l.amount
		default:
			continue
		}
		v = append(v, entry)
	}
	if sum != 0 {
		return nil, fmt.Errorf("the voucher %q of transaction %s is out by %s", base.Summary, base.TxID, sum)
	}
	return v, nil
}
