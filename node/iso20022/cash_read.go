package iso20022

import (
	"encoding/xml"
	"strconv"

	"github.com/tierledger/tierledger/chaincode/money"
)

// accountReport reads a camt.053 or camt.054 below its root. The two differ in a name
// and in the balances.
func (in *reading) accountReport() error {
	account := accountElement(in.header.Kind)
	return in.walk(func(child xml.StartElement) error {
		switch child.Name.Local {
		case "GrpHdr":
			_, err := in.groupHeader(child)
			return err
		case account:
			return in.account()
		}
		return in.skip()
	})
}

// accountElement is the name of what a camt says of one account.
func accountElement(kind Kind) string {
	if kind == Camt053 {
		return "Stmt"
	}
	return "Ntfctn"
}

// statement is one account of a message while it is read.
type statement struct {
	Summary
	head    *element // Id, Acct and Bal so far
	known   bool     // the account is taken from the head
	unknown bool     // an entry has no amount that could be added up
}

func (in *reading) account() error {
	st := &statement{head: &element{name: "account", line: in.line()}}
	if err := in.count(); err != nil {
		return err
	}
	err := in.walk(func(child xml.StartElement) error {
		switch child.Name.Local {
		case "Id", "Acct", "Bal":
			if st.known && child.Name.Local != "Bal" {
				return in.refuse(in.line(), "%s must come before the entries", child.Name.Local)
			}
			e, err := in.tree(child)
			st.head.children = append(st.head.children, e)
			if len(st.head.children) > maxElements {
				return in.refuse(in.line(), "more than %d balances", maxElements)
			}
			return err
		case "Ntry":
			if err := in.identifyAccount(st); err != nil {
				return err
			}
			err := in.readEntry(st)
			in.entry = 0
			return err
		}
		return in.skip()
	})
	if err != nil {
		return err
	}
	if err := in.identifyAccount(st); err != nil {
		return err
	}
	if err := in.balance(st); err != nil {
		return err
	}
	in.header.Accounts = append(in.header.Accounts, st.Summary)
	return nil
}

// identifyAccount takes the account, once.
func (in *reading) identifyAccount(st *statement) error {
	if st.known {
		return nil
	}
	st.known = true
	t := taker{scan: in.scanner}
	acct := t.at(st.head, "Acct")
	st.ID = t.id(st.head, "Id")
	st.Account = t.account(acct)
	st.Owner = t.party(acct, "Ownr")
	st.Servicer = t.agent(acct, "Svcr")
	if st.ID == "" || st.Account == "" {
		t.wrong("Id and Acct are needed before the entries")
	}
	return t.strict(st.head)
}

// balance takes the booked balances and sees whether they follow from the entries.
func (in *reading) balance(st *statement) error {
	if in.header.Kind != Camt053 {
		return nil
	}
	t := taker{scan: in.scanner}
	for _, bal := range each(st.head, "Bal") {
		into := &st.Closing
		switch t.id(bal, "Tp", "CdOrPrtry", "Cd") {
		case "OPBD", "PRCD":
			into = &st.Opening
		case "CLBD":
		default:
			continue
		}
		amount, given := t.amount(bal, "Amt")
		switch side := t.direction(bal, "CdtDbtInd"); {
		case !given || side == "":
			t.wrong("a balance without amount or side")
		case side == Debit:
			amount = -amount
		}
		if into.Known && into.Amount != amount {
			t.wrong("two balances of one kind")
		}
		*into = BalanceOf(amount)
	}
	if t.refusal != nil {
		return t.refusal
	}
	expected, err := money.Sum(st.Opening.Amount, st.Credits, -st.Debits)
	switch {
	case t.problem != "":
	case !st.Opening.Known || !st.Closing.Known:
		t.wrong("the statement lacks its opening or its closing balance")
	case st.unknown:
		t.wrong("an entry has no amount that can be added up")
	case err != nil || expected != st.Closing.Amount:
		t.wrong("opening balance %s, credits %s and debits %s do not come to the closing balance %s",
			st.Opening.Amount, st.Credits, st.Debits, st.Closing.Amount)
	}
	st.Problem = t.problem
	return nil
}

// entry is one Ntry while it is read. Its items wait for its end: until then it is not
// known whether they add up.
type entry struct {
	head    *element // everything but the details
	batches []*element
	details []detail
}

// detail is one transaction of an entry.
type detail struct {
	Item
	bare bool // it has no amount of its own
}

func (in *reading) readEntry(st *statement) error {
	if err := in.count(); err != nil {
		return err
	}
	st.Entries++
	in.entries++
	in.entry = in.entries
	e := &entry{head: &element{name: "Ntry", line: in.line()}}
	err := in.walk(func(child xml.StartElement) error {
		switch child.Name.Local {
		case "NtryDtls":
			return in.details(e)
		case "Amt", "CdtDbtInd", "RvslInd", "Sts", "BookgDt", "ValDt", "AcctSvcrRef", "BkTxCd":
			part, err := in.tree(child)
			e.head.children = append(e.head.children, part)
			if len(e.head.children) > maxElements {
				return in.refuse(in.line(), "more than %d elements in one part", maxElements)
			}
			return err
		}
		return in.skip()
	})
	if err != nil {
		return err
	}
	return in.finish(st, e)
}

func (in *reading) details(e *entry) error {
	return in.walk(func(child xml.StartElement) error {
		switch child.Name.Local {
		case "Btch":
			batch, err := in.tree(child)
			e.batches = append(e.batches, batch)
			if len(e.batches) > maxElements {
				return in.refuse(in.line(), "more than %d batches in one entry", maxElements)
			}
			return err
		case "TxDtls":
			if err := in.count(); err != nil {
				return err
			}
			tx, err := in.tree(child)
			if err != nil {
				return err
			}
			d, err := in.transaction(tx)
			e.details = append(e.details, d)
			return err
		}
		return in.skip()
	})
}

// transaction takes what the details of one transaction say. What they leave out, and
// the entry says for all, is filled in later.
func (in *reading) transaction(tx *element) (detail, error) {
	t := taker{scan: in.scanner}
	refs, parties, agents := t.at(tx, "Refs"), t.at(tx, "RltdPties"), t.at(tx, "RltdAgts")
	item := Item{
		Line:            tx.line,
		Original:        t.id(refs, "MsgId"),
		Payment:         t.id(refs, "PmtInfId"),
		Instruction:     t.id(refs, "InstrId"),
		EndToEnd:        t.endToEnd(refs, "EndToEndId"),
		Transaction:     t.id(refs, "TxId"),
		Reference:       t.id(refs, "AcctSvcrRef"),
		Direction:       t.direction(tx, "CdtDbtInd"),
		Debtor:          t.party(parties, "Dbtr"),
		DebtorAccount:   t.account(parties, "DbtrAcct"),
		DebtorAgent:     t.agent(agents, "DbtrAgt"),
		Creditor:        t.party(parties, "Cdtr"),
		CreditorAccount: t.account(parties, "CdtrAcct"),
		CreditorAgent:   t.agent(agents, "CdtrAgt"),
		Remittance:      t.all(t.at(tx, "RmtInf"), "Ustrd"),
	}
	amount, given := t.amount(tx, "Amt")
	if !given { // until version 02
		amount, given = t.amount(tx, "AmtDtls", "TxAmt", "Amt")
	}
	item.Amount = amount
	if back := t.at(tx, "RtrInf"); back != nil || t.returns(tx) {
		item.Status, item.Reason = Returned, t.reason(back)
	}
	item.Problem = t.problem
	return detail{Item: item, bare: !given}, t.refusal
}

// returns reports whether a bank transaction code says that a payment came back.
func (t *taker) returns(e *element) bool {
	return t.id(e, "BkTxCd", "Domn", "Fmly", "SubFmlyCd") == "RRTN"
}

// finish fills in what the entry says for all its transactions, checks that they add up
// to it, and gives them.
func (in *reading) finish(st *statement, e *entry) error {
	t := taker{scan: in.scanner}
	common := Item{
		Line:           e.head.line,
		Direction:      t.direction(e.head, "CdtDbtInd"),
		Code:           t.entryStatus(e.head),
		Reversal:       t.flag(e.head, "RvslInd"),
		Booked:         t.moment(e.head, "BookgDt"),
		Value:          t.moment(e.head, "ValDt"),
		EntryReference: t.id(e.head, "AcctSvcrRef"),
	}
	common.Amount, _ = t.amount(e.head, "Amt")
	common.Status = t.meaning(common.Code, entryStates)
	if common.Direction == "" {
		t.wrong("the entry is neither credit nor debit")
	}
	if common.Amount == 0 {
		t.wrong("the entry has no amount")
	}
	back := t.returns(e.head)
	in.add(st, &t, common)
	if len(e.details) == 0 {
		t.undetailed(e)
		e.details = []detail{{Item: Item{Line: common.Line}, bare: true}}
	} else if t.problem == "" {
		t.addUp(e, common)
	}
	if t.refusal != nil {
		return t.refusal
	}
	for _, d := range e.details {
		d.problem(t.problem)
		d.complete(common, st.Summary, len(e.details) == 1, back)
		d.Entry = in.entry
		if err := in.give(d.Item); err != nil {
			return err
		}
	}
	return nil
}

// add counts a booked entry into its account's sums.
func (in *reading) add(st *statement, t *taker, common Item) {
	if common.Code != "BOOK" {
		return
	}
	var err error
	switch {
	case t.problem != "":
		st.unknown = true
	case common.Direction == Credit:
		st.Credits, err = st.Credits.Add(common.Amount)
	default:
		st.Debits, err = st.Debits.Add(common.Amount)
	}
	st.unknown = st.unknown || err != nil
}

// undetailed finds fault with an entry that stands for several transactions and does
// not say which.
func (t *taker) undetailed(e *entry) {
	for _, batch := range e.batches {
		if n := t.id(batch, "NbOfTxs"); n != "" && n != "1" {
			t.wrong("the entry books %.15s transactions without their details", n)
		}
	}
}

// addUp sees whether the transactions of an entry come to its amount and number. One on
// the other side of the account than its entry counts against it.
func (t *taker) addUp(e *entry, common Item) {
	var sum money.Fen
	for _, d := range e.details {
		if d.Problem != "" {
			t.wrong("a transaction of the entry cannot be used, line %d", d.Line)
			return
		}
		amount := d.Amount
		if d.bare && len(e.details) == 1 {
			amount = common.Amount
		}
		if d.Direction != "" && d.Direction != common.Direction {
			amount = -amount
		}
		var err error
		if sum, err = sum.Add(amount); err != nil {
			t.wrong("the transactions of the entry come to more than can be written down")
			return
		}
	}
	if sum != common.Amount {
		t.wrong("the transactions of the entry come to %s, and the entry is of %s", sum, common.Amount)
	}
	said := 0
	for _, batch := range e.batches {
		n, err := strconv.Atoi(t.id(batch, "NbOfTxs"))
		if err != nil {
			return // not said for all
		}
		said += n
	}
	if said > 0 && said != len(e.details) {
		t.wrong("the entry books %d transactions and details %d", said, len(e.details))
	}
}

// complete fills in what the transaction leaves to its entry and account.
func (d *detail) complete(common Item, account Summary, alone, back bool) {
	d.Scope = OfTransaction
	if d.bare && alone {
		d.Amount = common.Amount
	}
	if d.Amount == 0 {
		d.problem("the transaction has no amount")
	}
	d.Code, d.EntryReference, d.Reversal = common.Code, common.EntryReference, common.Reversal
	d.Booked, d.Value = common.Booked, common.Value
	if d.Direction == "" {
		d.Direction = common.Direction
	}
	if d.Reference == "" {
		d.Reference = common.EntryReference
	}
	if common.Status != Booked || d.Status != Returned && !back {
		d.Status = common.Status
	} else {
		d.Status = Returned
	}
	d.Account, d.Owner, d.Servicer = account.Account, account.Owner, account.Servicer
}

// problem notes what is wrong, if anything is and nothing else was.
func (d *detail) problem(why string) {
	if d.Problem == "" {
		d.Problem = why
	}
}

// entryStatus takes the status of an entry, which newer versions wrap in a choice.
func (t *taker) entryStatus(e *element) string {
	sts := t.at(e, "Sts")
	if wrapped := t.id(sts, "Cd") + t.id(sts, "Prtry"); wrapped != "" {
		return wrapped
	}
	return t.id(sts)
}

// flag takes a boolean; anything but yes is no, and anything but no a problem.
func (t *taker) flag(e *element, path ...string) bool {
	if e = t.at(e, path...); e == nil {
		return false
	}
	switch e.text {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	t.wrong("%s %.40q is neither true nor false", e.name, e.text)
	return false
}

// entryStates are the words for the status of an entry. INFO is not among them: such an
// entry tells, and books nothing.
var entryStates = map[string]Status{"BOOK": Booked, "PDNG": Pending, "FUTR": Pending}

// meaning gives the status that a bank's word stands for.
func (t *taker) meaning(word string, states map[string]Status) Status {
	status, ok := states[word]
	if !ok {
		t.wrong("the status %.40q has no meaning here", word)
	}
	return status
}
