package iso20022

import "encoding/xml"

// statusReport reads a pain.002 below its root.
func (in *reading) statusReport() error {
	var group paymentStatus
	return in.walk(func(child xml.StartElement) error {
		switch child.Name.Local {
		case "GrpHdr":
			return in.statusHeader(&group, child)
		case "OrgnlGrpInfAndSts":
			return in.groupStatus(&group, child)
		case "OrgnlPmtInfAndSts":
			if in.header.Original == "" {
				return in.refuse(in.line(), "OrgnlGrpInfAndSts must come before the payments")
			}
			return in.paymentStatus(group)
		}
		return in.skip()
	})
}

// paymentStatus is what a message or one of its payment groups says for all its
// transactions.
type paymentStatus struct {
	servicer Agent
	code     string
	payment  string
}

func (in *reading) statusHeader(group *paymentStatus, start xml.StartElement) error {
	e, err := in.groupHeader(start)
	if err != nil {
		return err
	}
	t := taker{scan: in.scanner}
	if group.servicer = t.agent(e, "DbtrAgt"); group.servicer == (Agent{}) {
		group.servicer = t.agent(e, "CdtrAgt")
	}
	return t.strict(e)
}

// groupStatus reads what is said of the whole pain.001, and gives it as an item if it
// has a status.
func (in *reading) groupStatus(group *paymentStatus, start xml.StartElement) error {
	if in.header.Original != "" {
		return in.refuse(in.line(), "OrgnlGrpInfAndSts is given twice")
	}
	e, err := in.tree(start)
	if err != nil {
		return err
	}
	t := taker{scan: in.scanner}
	in.header.Original = t.id(e, "OrgnlMsgId")
	if in.header.Original == "" {
		t.wrong("OrgnlMsgId is missing")
	}
	group.code = t.id(e, "GrpSts")
	if err := t.strict(e); err != nil || group.code == "" {
		return err
	}
	return in.status(&t, e, *group, Item{Line: e.line, Scope: OfMessage})
}

// paymentStatus reads one payment group with its transactions.
func (in *reading) paymentStatus(group paymentStatus) error {
	head, told := &element{name: "OrgnlPmtInfAndSts", line: in.line()}, false
	of := group
	tell := func() error { // once, before the first transaction
		if told {
			return nil
		}
		told = true
		t := taker{scan: in.scanner}
		of.payment = t.id(head, "OrgnlPmtInfId")
		own := t.id(head, "PmtInfSts")
		if of.payment == "" {
			t.wrong("OrgnlPmtInfId is missing")
		}
		if err := t.strict(head); err != nil || own == "" {
			return err
		}
		of.code = own
		return in.status(&t, head, of, Item{Line: head.line, Scope: OfPayment})
	}
	err := in.walk(func(child xml.StartElement) error {
		switch child.Name.Local {
		case "OrgnlPmtInfId", "PmtInfSts", "StsRsnInf":
			if told {
				return in.refuse(in.line(), "%s must come before the transactions", child.Name.Local)
			}
			part, err := in.tree(child)
			head.children = append(head.children, part)
			if len(head.children) > maxElements {
				return in.refuse(in.line(), "more than %d elements in one part", maxElements)
			}
			return err
		case "TxInfAndSts":
			if err := tell(); err != nil {
				return err
			}
			err := in.transactionStatus(of, child)
			in.entry = 0
			return err
		}
		return in.skip()
	})
	if err != nil {
		return err
	}
	return tell()
}

func (in *reading) transactionStatus(of paymentStatus, start xml.StartElement) error {
	if err := in.count(); err != nil {
		return err
	}
	in.entries++
	in.entry = in.entries
	e, err := in.tree(start)
	if err != nil {
		return err
	}
	t := taker{scan: in.scanner}
	ref := t.at(e, "OrgnlTxRef")
	item := Item{
		Line:            e.line,
		Entry:           in.entry,
		Scope:           OfTransaction,
		Instruction:     t.id(e, "OrgnlInstrId"),
		EndToEnd:        t.endToEnd(e, "OrgnlEndToEndId"),
		Reference:       t.id(e, "AcctSvcrRef"),
		Accepted:        t.time(e, "AccptncDtTm"),
		Debtor:          t.party(ref, "Dbtr"),
		DebtorAccount:   t.account(ref, "DbtrAcct"),
		DebtorAgent:     t.agent(ref, "DbtrAgt"),
		Creditor:        t.party(ref, "Cdtr"),
		CreditorAccount: t.account(ref, "CdtrAcct"),
		CreditorAgent:   t.agent(ref, "CdtrAgt"),
		Remittance:      t.all(t.at(ref, "RmtInf"), "Ustrd"),
	}
	item.Amount, _ = t.amount(ref, "Amt", "InstdAmt")
	if own := t.id(e, "TxSts"); own != "" {
		of.code = own
	}
	return in.status(&t, e, of, item)
}

// status gives an item with the status and reason of an element. A transaction without
// a status has that of its payment group, and that one the message's.
func (in *reading) status(t *taker, e *element, of paymentStatus, item Item) error {
	item.Original, item.Payment, item.Servicer = in.header.Original, of.payment, of.servicer
	item.Code = of.code
	item.Status = t.meaning(of.code, paymentStates)
	if item.Status == Partly && item.Scope == OfTransaction {
		t.wrong("a transaction has no status of its own, and its group is accepted in part")
	}
	for _, why := range each(e, "StsRsnInf") {
		r := t.reason(why)
		if item.Reason.Code == "" {
			item.Reason.Code = r.Code
		}
		if r.Text != "" && item.Reason.Text != "" {
			r.Text = item.Reason.Text + " " + r.Text
		}
		if r.Text != "" {
			item.Reason.Text = cut(r.Text, maxProse)
		}
	}
	if t.refusal != nil {
		return t.refusal
	}
	item.Problem = t.problem
	return in.give(item)
}

// paymentStates are the words for the status of a payment.
var paymentStates = map[string]Status{
	"ACTC": Accepted, "ACCP": Accepted, "ACSP": Accepted, "ACWC": Accepted, "ACWP": Accepted,
	"ACSC": Settled, "ACCC": Settled,
	"RJCT": Rejected, "CANC": Rejected,
	"RCVD": Pending, "PDNG": Pending,
	"PART": Partly,
}
