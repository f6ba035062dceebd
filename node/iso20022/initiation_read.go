package iso20022

import (
	"encoding/xml"
	"io"
	"strconv"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
)

// ReadInitiation reads a pain.001.001.10 as a bank would that takes only what
// WriteInitiation writes: elements beyond those are passed over, but all that is read
// must satisfy Check, and the totals must be right. Anything else is BAD_FILE with the
// line or the number of the transfer, what is beyond the limits TOO_LARGE.
func ReadInitiation(r io.Reader, limits Limits) (Initiation, error) {
	s := newScanner(r, limits)
	m, version, err := s.document()
	if err != nil {
		return Initiation{}, err
	}
	if m.kind != Pain001 {
		return Initiation{}, s.refuse(s.line(), "a %s where a %s is expected", version, Pain001)
	}
	in := &initiationReading{reading: &reading{scanner: s}}
	if err := s.walk(s.only(m.root, in.initiation)); err != nil {
		return Initiation{}, err
	}
	if err := s.end(); err != nil {
		return Initiation{}, err
	}
	if err := in.read.Check(); err != nil {
		return Initiation{}, code.BadFile.New("%s", err)
	}
	return in.read, nil
}

// initiationReading is the state of one ReadInitiation.
type initiationReading struct {
	*reading
	read Initiation
}

func (in *initiationReading) initiation() error {
	var header *element
	err := in.walk(func(child xml.StartElement) (err error) {
		switch child.Name.Local {
		case "GrpHdr":
			header, err = in.groupHeader(child)
			return err
		case "PmtInf":
			return in.payment()
		}
		return in.skip()
	})
	if err != nil {
		return err
	}
	if header == nil {
		return in.refuse(in.line(), "the message has no GrpHdr")
	}
	t := taker{scan: in.scanner}
	in.read.MessageID, in.read.Created = in.header.Message, in.header.Created
	in.read.Initiator = t.party(header, "InitgPty")
	count, sum, err := in.read.Totals()
	t.totals(header, count, sum, err)
	return t.strict(header)
}

func (in *initiationReading) payment() error {
	if err := in.count(); err != nil {
		return err
	}
	head, group := &element{name: "PmtInf", line: in.line()}, PaymentGroup{}
	err := in.walk(func(child xml.StartElement) error {
		switch child.Name.Local {
		case "PmtInfId", "PmtMtd", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt":
			part, err := in.tree(child)
			head.children = append(head.children, part)
			if len(head.children) > maxElements {
				return in.refuse(in.line(), "more than %d elements in one part", maxElements)
			}
			return err
		case "CdtTrfTxInf":
			transfer, err := in.transfer(child)
			in.entry = 0
			group.Transfers = append(group.Transfers, transfer)
			return err
		}
		return in.skip()
	})
	if err != nil {
		return err
	}
	t := taker{scan: in.scanner}
	group.ID = t.id(head, "PmtInfId")
	group.Execution = t.day(head, "ReqdExctnDt", "Dt")
	group.Debtor = t.party(head, "Dbtr")
	group.DebtorAccount = t.account(head, "DbtrAcct")
	group.DebtorAgent = t.agent(head, "DbtrAgt")
	if method := t.id(head, "PmtMtd"); method != "TRF" {
		t.wrong("the payment method is %.10q, and only TRF is carried out", method)
	}
	count, sum, err := group.Totals()
	t.totals(head, count, sum, err)
	in.read.Payments = append(in.read.Payments, group)
	return t.strict(head)
}

func (in *initiationReading) transfer(start xml.StartElement) (Transfer, error) {
	if err := in.count(); err != nil {
		return Transfer{}, err
	}
	in.entries++
	in.entry = in.entries
	e, err := in.tree(start)
	if err != nil {
		return Transfer{}, err
	}
	t := taker{scan: in.scanner}
	transfer := Transfer{
		EndToEndID:      t.id(e, "PmtId", "EndToEndId"),
		InstructionID:   t.id(e, "PmtId", "InstrId"),
		Creditor:        t.party(e, "Cdtr"),
		CreditorAccount: t.account(e, "CdtrAcct"),
		CreditorAgent:   t.agent(e, "CdtrAgt"),
		Remittance:      t.prose(maxRemittance, e, "RmtInf", "Ustrd"),
	}
	transfer.Amount, _ = t.amount(e, "Amt", "InstdAmt")
	if err := t.strict(e); err != nil {
		return Transfer{}, err
	}
	if err := transfer.check(); err != nil {
		return Transfer{}, in.refuse(e.line, "%s", detailOf(err))
	}
	return transfer, nil
}

// detailOf is the text of a refusal without its code, to go into another one.
func detailOf(err error) string {
	if refusal := code.Of(err); refusal != nil {
		return refusal.Detail
	}
	return err.Error()
}

// totals compares the number and the sum that the file states, if it does, with what
// is in it.
func (t *taker) totals(e *element, count int, sum money.Fen, failed error) {
	if failed != nil {
		t.wrong("the sum is too large")
	}
	if said := t.at(e, "NbOfTxs"); said != nil && said.text != strconv.Itoa(count) {
		t.wrong("NbOfTxs is %.20q, and there are %d", said.text, count)
	}
	said := t.at(e, "CtrlSum")
	if said == nil {
		return
	}
	if stated, why := parseAmount(said.text); why != "" {
		t.wrong("CtrlSum %.40q %s", said.text, why)
	} else if stated != sum {
		t.wrong("CtrlSum is %s, and the amounts sum to %s", stated, sum)
	}
}

// day takes a date that must be there.
func (t *taker) day(e *element, path ...string) calendar.Date {
	if e = t.at(e, path...); e == nil {
		t.wrong("%s is missing", path[0])
		return 0
	}
	d, ok := parseDay(e.text)
	if !ok {
		t.wrong("%s %.40q is not a day", e.name, e.text)
	}
	return d
}
