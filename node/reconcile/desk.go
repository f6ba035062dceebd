package reconcile

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/iso20022"
)

// Bucket is what becomes of one item of a bank's message. Each item is in one.
type Bucket string

// Buckets.
const (
	ToReport  Bucket = "report"    // the ledger is to be told
	Known     Bucket = "known"     // the ledger has it already
	Nothing   Bucket = "nothing"   // nothing happened yet, or nothing of which this bank is to tell
	Exception Bucket = "exception" // a person has to look
)

// Fault is why an item is an exception.
type Fault string

// Faults.
const (
	Unusable  Fault = "unusable"  // the item says too little, or contradicts itself
	Unknown   Fault = "unknown"   // no leg has its end-to-end identification
	Mismatch  Fault = "mismatch"  // another amount, account or party than the leg's
	Ambiguous Fault = "ambiguous" // the bank's reference stands for another leg too
	Again     Fault = "again"     // the leg was paid before, under another reference
	State     Fault = "state"     // the leg is where this cannot happen to it
	Refused   Fault = "refused"   // the ledger does not take it
)

// File is a message of a bank as a whole.
type File struct {
	Kind    iso20022.Kind
	Hash    record.Digest
	Created calendar.Instant
}

// Decision is what becomes of one item.
type Decision struct {
	File   File
	Item   iso20022.Item
	Leg    string // whose payment it is, or empty
	Bucket Bucket
	Fault  Fault                   // of an exception
	Why    string                  // for people, in English
	WhyZH  string                  // the same in Chinese
	Report clearing.ReportArgument // of what the ledger is to be told
}

// ID names the item wherever it is read: the same in each copy of the message.
func (d *Decision) ID() string {
	h := sha256.New()
	for _, part := range []string{
		string(d.File.Kind), d.Item.Message, d.Item.EndToEnd, d.Item.Reference, string(d.Item.Account), string(d.Item.Direction), d.Item.Code,
	} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write([]byte(part))
	}
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(d.Item.Index)))
	const length = 8
	return hex.EncodeToString(h.Sum(nil)[:length])
}

// Date is when an item was booked, or of a status report when the bank answered.
func (d *Decision) Date() calendar.Date { return momentOf(d.File, &d.Item).Date() }

// Desk decides on the messages of one bank. It knows the legs that it was given, and
// moves its own copy of a leg to where the ledger will have it: a credit and its return
// may stand in one file.
type Desk struct {
	bank    string
	numbers Numbers
	legs    map[string]*record.Settlement
	used    map[string]string // leg by the bank's reference
}

// NewDesk makes a desk of a bank.
func NewDesk(bank string, numbers Numbers) *Desk {
	return &Desk{bank: bank, numbers: numbers, legs: map[string]*record.Settlement{}, used: map[string]string{}}
}

// Add gives the desk a leg, or late interest, as the ledger has it now.
func (d *Desk) Add(s record.Settlement) {
	d.legs[s.ID] = &s
	if s.AdviceRef != "" && s.AdviceBank == d.bank {
		d.used[s.AdviceRef] = s.ID
	}
}

// Has reports whether the desk knows a leg.
func (d *Desk) Has(leg string) bool { return d.legs[leg] != nil }

// Told is one item with the file that it is in.
type Told struct {
	File File
	Item iso20022.Item
}

// Take decides on items of one or several messages. What came is looked at before what
// went back, because a statement lists account by account: the decisions are in that
// order, in which the ledger is to be told. An item whose leg the desk was not given is
// unknown.
func (d *Desk) Take(items []Told) []Decision {
	out := make([]Decision, 0, len(items))
	for rank := range 3 {
		for i := range items {
			if rankOf(&items[i].Item) == rank {
				out = append(out, d.take(items[i]))
			}
		}
	}
	d.pair(out)
	return out
}

// rankOf is 0 for what comes first of a payment, 1 for a return at the payee's bank, 2
// for its arrival at the payer's.
func rankOf(item *iso20022.Item) int {
	switch {
	case item.Status != iso20022.Returned:
		return 0
	case item.Direction == iso20022.Debit:
		return 1
	default:
		return 2
	}
}

// pair makes a credit and its return known where the payer's bank has proven already that
// nothing was paid in the end.
func (d *Desk) pair(all []Decision) {
	back := map[string]money.Fen{}
	for i := range all {
		if item := &all[i].Item; all[i].Bucket == Known && item.Status == iso20022.Returned && item.Direction == iso20022.Debit {
			back[all[i].Leg] += item.Amount
		}
	}
	for i := range all {
		o := &all[i]
		if o.Bucket != Exception || o.Fault != State || o.Item.Direction != iso20022.Credit || back[o.Leg] < o.Item.Amount {
			continue
		}
		back[o.Leg] -= o.Item.Amount
		o.Bucket, o.Fault = Known, ""
		o.because(say("it was credited and went back; leg is %s", "曾经入账后又被退回；该笔款项的状态为 %s", d.legs[o.Leg].State))
	}
}

func (d *Desk) take(t Told) Decision {
	item := &t.Item
	out := Decision{File: t.File, Item: *item}
	leg := d.legs[item.EndToEnd]
	switch {
	case item.Problem != "":
		return out.exception(Unusable, say("%s", "报文中该项不可用：%s", item.Problem))
	case item.Scope != iso20022.OfTransaction:
		return out.ofGroup()
	case item.Status == iso20022.Pending:
		return out.nothing(say("nothing is decided or booked yet", "银行尚未处理或记账"))
	case item.EndToEnd == "":
		return out.exception(Unknown, say("it has no end-to-end identification", "没有端到端标识"))
	case leg == nil:
		return out.exception(Unknown, say("no leg has the id %q", "没有标识为 %q 的款项", item.EndToEnd))
	}
	out.Leg = leg.ID
	if leg.PayerBank != d.bank && leg.PayeeBank != d.bank {
		return out.exception(Mismatch, say("the leg is between banks %s and %s", "该笔款项在银行 %s 与 %s 之间", leg.PayerBank, leg.PayeeBank))
	}
	if item.Reversal {
		return out.exception(Unusable, say("the bank takes an entry back that was a mistake", "银行冲正了一笔错误的记账"))
	}
	says, why := d.says(t.File, item, leg)
	switch {
	case says == 0:
		return out.nothing(why)
	case says == wrongWay:
		return out.exception(Mismatch, say("a %s on account %q is not how this leg is paid", "方向 %s、账户 %q 与该笔款项的支付方式不符", item.Direction, item.Account))
	}
	if fault, why := d.fits(t.File, item, leg, says); fault != "" {
		return out.exception(fault, why)
	}
	return d.decide(out, leg, says)
}

// ofGroup decides on what a bank says of a whole file or payment group. What it says
// of each transaction comes besides, but for a refusal of the whole.
func (d Decision) ofGroup() Decision {
	if d.Item.Status == iso20022.Rejected {
		return d.exception(Unusable, say("the bank refuses all of message %q%s, and does not say which transactions those are",
			"银行拒绝了整个报文 %q%s，但没有说明是哪些交易", d.Item.Original, group(d.Item.Payment)))
	}
	return d.nothing(say("of the whole message or group", "针对整个报文或支付组"))
}

func group(payment string) string {
	if payment == "" {
		return ""
	}
	return fmt.Sprintf(", group %q", payment)
}

func (d Decision) nothing(why words) Decision {
	d.Bucket = Nothing
	d.because(why)
	return d
}

func (d Decision) exception(f Fault, why words) Decision {
	d.Bucket, d.Fault = Exception, f
	d.because(why)
	return d
}

func (d Decision) known(leg *record.Settlement) Decision {
	d.Bucket = Known
	d.because(say("leg is %s", "该笔款项的状态为 %s", leg.State))
	return d
}

func (d *Decision) because(why words) { d.Why, d.WhyZH = why.en, why.zh }

// words say why, for people.
type words struct{ en, zh string }

// say says it in both languages, with the same facts in the same order.
func say(en, zh string, facts ...any) words {
	return words{fmt.Sprintf(en, facts...), fmt.Sprintf(zh, facts...)}
}

// says is what an item means for the ledger, zero with the reason when this bank is not
// to tell it anything.
func (d *Desk) says(f File, item *iso20022.Item, leg *record.Settlement) (clearing.Report, words) {
	if f.Kind == iso20022.Pain002 {
		return d.saysOfOrder(item, leg)
	}
	pays, paid := leg.PayerBank == d.bank, leg.PayeeBank == d.bank
	on, back := d.sideOf(item, leg), item.Status == iso20022.Returned
	came := item.Direction == iso20022.Credit
	switch {
	case came && !back && paid && on != payerSide:
		return clearing.ReportPaid, words{}
	case !came && back && paid && on != payerSide:
		return clearing.ReportReturned, words{}
	case !came && !back && pays && on != payeeSide && paid:
		return 0, say("both accounts are at this bank: the credit says it", "两个账户都在本行：以入账为准")
	case !came && !back && pays && on != payeeSide:
		return clearing.ReportAccepted, words{}
	case came && back && pays && on != payeeSide && leg.State == record.SettlementReturned:
		return 0, say("the payee's bank has said that it was returned", "收款行已报告退回")
	case came && back && pays && on != payeeSide:
		return clearing.ReportRejected, words{}
	default:
		return wrongWay, words{}
	}
}

// wrongWay stands for money that moved as a leg's cannot.
const wrongWay = clearing.ReportReturned + 1

// saysOfOrder is what a status report means.
func (d *Desk) saysOfOrder(item *iso20022.Item, leg *record.Settlement) (clearing.Report, words) {
	switch {
	case leg.PayerBank != d.bank:
		return 0, say("it is the payer's bank's word", "应由付款行报告")
	case item.Status == iso20022.Rejected:
		return clearing.ReportRejected, words{}
	case item.Status != iso20022.Settled:
		return 0, say("the bank will carry it out", "银行将会执行")
	case leg.PayerBank == leg.PayeeBank:
		return 0, say("both accounts are at this bank: the credit says it", "两个账户都在本行：以入账为准")
	case item.Reference == "":
		return 0, say("the bank gives no reference yet: the debit says it", "银行尚未给出流水号：以扣款为准")
	default:
		return clearing.ReportAccepted, words{}
	}
}

// side is one of a payment's accounts.
type side int

const (
	noSide side = iota
	payerSide
	payeeSide
)

// sideOf is on which of a leg's accounts an entry is booked.
func (d *Desk) sideOf(item *iso20022.Item, leg *record.Settlement) side {
	switch item.Account {
	case d.numbers.Of(Account{leg.Payer, leg.PayerAccount}):
		return payerSide
	case d.numbers.Of(Account{leg.Payee, leg.PayeeAccount}):
		return payeeSide
	default:
		return noSide
	}
}

// names reports whether what a message has for an account can be that account. A number at
// another bank, which is sealed to that bank, is not known here unless its owner told it:
// then the leg's id, the amount and the own account have to do, and only what is certainly
// another account is not this one.
func (d *Desk) names(given iso20022.Account, a Account, bank string) bool {
	if given == d.numbers.Of(a) {
		return true
	}
	return bank != d.bank && d.numbers.inUse() && !d.numbers.knows(a) && !d.numbers.taken[given] && !strings.Contains(string(given), "/")
}

// fits compares amount, parties and accounts with the leg's.
func (d *Desk) fits(f File, item *iso20022.Item, leg *record.Settlement, says clearing.Report) (Fault, words) {
	payer, payee := Account{leg.Payer, leg.PayerAccount}, Account{leg.Payee, leg.PayeeAccount}
	from, to := item.DebtorAccount, item.CreditorAccount
	order := f.Kind == iso20022.Pain002
	back := !order && (says == clearing.ReportRejected || says == clearing.ReportReturned)
	if !order {
		// The account of the entry is one of the two; the other is named in it.
		own, named := payee, &to
		if says == clearing.ReportAccepted || says == clearing.ReportRejected {
			own, named = payer, &from
		}
		if item.Account != d.numbers.Of(own) {
			return Mismatch, say("it is booked on account %q, not on %s of %s", "记账账户是 %q，而不是账户 %s（成员 %s）", item.Account, own.ID, own.Member)
		}
		if *named == "" {
			*named = item.Account
		}
	}
	paid := func(given iso20022.Account) bool { return d.names(given, payer, leg.PayerBank) }
	received := func(given iso20022.Account) bool { return d.names(given, payee, leg.PayeeBank) }
	if back && received(from) && paid(to) && !(paid(from) && received(to)) {
		from, to = to, from // a return may name them as in the payment, or the other way round
	}
	if !order && !back && (from == "" || to == "") {
		return Unusable, say("it does not name both accounts", "没有同时列出双方账户")
	}
	switch {
	case from != "" && !paid(from):
		return Mismatch, say("it went from account %q, not from %s of %s", "付款账户是 %q，而不是账户 %s（成员 %s）", from, payer.ID, payer.Member)
	case to != "" && !received(to):
		return Mismatch, say("it went to account %q, not to %s of %s", "收款账户是 %q，而不是账户 %s（成员 %s）", to, payee.ID, payee.Member)
	}
	for _, c := range []struct{ given, want, other string }{
		{item.Debtor.Code, leg.Payer, leg.Payee}, {item.Creditor.Code, leg.Payee, leg.Payer},
	} {
		if c.given != "" && c.given != c.want && !(back && c.given == c.other) {
			return Mismatch, say("it names member %s, not %s", "报文所列成员是 %s，而不是 %s", c.given, c.want)
		}
	}
	return fitsAmount(f, item.Amount, leg, says)
}

// fitsAmount compares the amount with the leg's. Of a leg less or more may be credited:
// the ledger settles what arrived, and has the rest owed or given back.
func fitsAmount(f File, amount money.Fen, leg *record.Settlement, says clearing.Report) (Fault, words) {
	ordered := cmp.Or(leg.Ordered, leg.Amount)
	arrived := leg.Amount + leg.Excess
	switch {
	case amount == 0 && f.Kind == iso20022.Pain002: // it speaks of what was instructed
		return "", words{}
	case amount == 0:
		return Unusable, say("it has no amount", "没有金额")
	case amount == ordered, amount == arrived:
		return "", words{}
	case says == clearing.ReportPaid && leg.Purpose.Leg() && leg.State.Instructed():
		return "", words{}
	default:
		return Mismatch, say("it is of %s, the leg of %s", "金额为 %s，该笔款项为 %s", amount, ordered)
	}
}

// decide compares a report with where the leg is.
func (d *Desk) decide(out Decision, leg *record.Settlement, says clearing.Report) Decision {
	reference := out.Item.Reference
	if reference == "" && says != clearing.ReportRejected {
		return out.exception(Unusable, say("the bank gives no reference", "银行没有给出流水号"))
	}
	if other := d.used[reference]; reference != "" && other != "" && other != leg.ID {
		return out.exception(Ambiguous, say("reference %q stands for leg %s too", "流水号 %q 也用于款项 %s", reference, other))
	}
	known, again := said(leg, says, d.bank, reference)
	switch {
	case known, leg.Evidence == out.File.Hash && says == clearing.ReportRejected:
		return out.known(leg)
	case again:
		return out.exception(Again, say("the leg was paid under reference %q", "该笔款项已以流水号 %q 支付", leg.AdviceRef))
	case leg.Effect == 0 && !leg.Evidence.IsZero() && says == clearing.ReportRejected && momentOf(out.File, &out.Item) < leg.Instruction.At:
		return out.exception(State, say("it is older than the instruction that leg %s has now", "早于款项 %s 现在的指令", leg.ID))
	}
	if says == clearing.ReportReturned && leg.State != record.SettlementSettled ||
		says != clearing.ReportReturned && !leg.State.Instructed() {
		return out.exception(State, say("the bank says that it was %s, and leg %s is %s", "银行报告为 %s，而款项 %s 的状态为 %s", says, leg.ID, leg.State))
	}
	out.Bucket, out.Report = ToReport, d.report(out, leg, says)
	d.follow(leg, &out.Report)
	return out
}

// said reports whether a leg is where a report would bring it. Again says that it is
// there for another payment.
func said(leg *record.Settlement, says clearing.Report, bank, reference string) (known, again bool) {
	switch says {
	case clearing.ReportPaid:
		paid := leg.State == record.SettlementSettled || leg.State == record.SettlementReturned
		same := leg.AdviceBank == bank && leg.AdviceRef == reference
		return paid && same, paid && !same
	case clearing.ReportAccepted:
		over := leg.State == record.SettlementSettled || leg.State == record.SettlementReturned
		return over || leg.Acceptance.Member != "", false
	case clearing.ReportRejected:
		return leg.State == record.SettlementUnpaid || leg.State == record.SettlementReturned, false
	default: // what went back is as it was where the payer's bank has proven it already
		return leg.State == record.SettlementReturned || leg.State == record.SettlementUnpaid, false
	}
}

// report is what the ledger is told.
func (d *Desk) report(out Decision, leg *record.Settlement, says clearing.Report) clearing.ReportArgument {
	item := &out.Item
	in := clearing.ReportArgument{Leg: leg.ID, Says: says, Reference: item.Reference}
	if says == clearing.ReportRejected || says == clearing.ReportReturned {
		in.Reason, in.Evidence = reasonOf(item), out.File.Hash
		return in
	}
	in.Amount = cmp.Or(item.Amount, leg.Amount)
	in.Payer, in.PayerAccount, in.Payee, in.PayeeAccount = leg.Payer, leg.PayerAccount, leg.Payee, leg.PayeeAccount
	in.At = momentOf(out.File, item)
	return in
}

// reasonOf is why a bank refused or returned a payment, in its words.
func reasonOf(item *iso20022.Item) string {
	const most = 60 // characters of the bank's text; the ledger takes more bytes
	text := []rune(item.Reason.Text)
	said := string(text[:min(len(text), most)])
	switch {
	case item.Reason.Code != "" && said != "":
		return item.Reason.Code + " " + said
	case item.Reason.Code+said != "":
		return item.Reason.Code + said
	default:
		return "the bank gives no reason: " + item.Code
	}
}

// momentOf is when money moved: when it was booked, or of a status report when the bank
// took it on. A day alone is its beginning.
func momentOf(f File, item *iso20022.Item) calendar.Instant {
	if !item.Accepted.IsZero() {
		return item.Accepted
	}
	for _, m := range []iso20022.Moment{item.Booked, item.Value} {
		switch {
		case !m.Time.IsZero():
			return m.Time
		case !m.IsZero():
			return m.Date.Start()
		}
	}
	return f.Created
}

// follow moves the desk's leg to where a report brings it.
func (d *Desk) follow(leg *record.Settlement, in *clearing.ReportArgument) {
	if in.Reference != "" {
		d.used[in.Reference] = leg.ID
	}
	switch in.Says {
	case clearing.ReportAccepted:
		leg.State, leg.Acceptance.Member = record.SettlementAccepted, d.bank
	case clearing.ReportRejected:
		leg.State, leg.Kept, leg.Evidence = record.SettlementUnpaid, true, in.Evidence
		if leg.Effect == 0 { // owed still, and instructed again
			leg.State, leg.Kept = record.SettlementAgreed, false
		}
	case clearing.ReportReturned:
		leg.State, leg.Kept = record.SettlementReturned, true
	case clearing.ReportPaid:
		leg.State, leg.AdviceBank, leg.AdviceRef = record.SettlementSettled, d.bank, in.Reference
		if in.Amount < leg.Amount {
			leg.Ordered, leg.Amount = leg.Amount, in.Amount
		} else {
			leg.Excess = in.Amount - leg.Amount
		}
	}
}

// AfterRefusal decides anew on what the ledger refused, with the leg as it is there now: it
// is known when the ledger has this very report, else an exception. The desk takes the
// leg as it is.
func (d *Desk) AfterRefusal(out Decision, refusal *code.Error, now *record.Settlement) Decision {
	if d.used[out.Report.Reference] == out.Leg {
		delete(d.used, out.Report.Reference)
	}
	if now != nil {
		d.Add(*now)
		known, _ := said(now, out.Report.Says, d.bank, out.Report.Reference)
		if known && (refusal.Code == code.AdviceUsed || refusal.Code == code.SettlementState) {
			return out.known(now)
		}
	}
	return out.exception(Refused, say("%s", "账本拒绝：%s", refusal))
}
