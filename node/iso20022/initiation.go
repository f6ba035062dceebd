package iso20022

import (
	"fmt"
	"io"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Initiation is a pain.001: payments that a bank is asked to make.
type Initiation struct {
	MessageID string // the bank refuses one that it has seen, for ever
	Created   calendar.Instant
	Initiator Party
	Payments  []PaymentGroup
}

// PaymentGroup is what is paid from one account on one day.
type PaymentGroup struct {
	ID            string // unique in the message
	Execution     calendar.Date
	Debtor        Party
	DebtorAccount Account
	DebtorAgent   Agent
	Transfers     []Transfer
}

// Transfer is one payment. Its end-to-end identification comes back in every message
// about it, up to the payee's statement, and is unique in the message.
type Transfer struct {
	EndToEndID      string
	InstructionID   string // optional; between payer and bank only
	Amount          money.Fen
	Creditor        Party
	CreditorAccount Account
	CreditorAgent   Agent
	Remittance      string // optional; what the payee reads, at most 140 characters
}

// Totals gives the number of transfers and their sum, or AMOUNT_OVERFLOW.
func (in Initiation) Totals() (count int, sum money.Fen, err error) {
	for _, p := range in.Payments {
		n, part, err := p.Totals()
		if err != nil {
			return 0, 0, err
		}
		count += n
		if sum, err = sum.Add(part); err != nil {
			return 0, 0, err
		}
	}
	return count, sum, nil
}

// Totals gives the number of transfers and their sum, or AMOUNT_OVERFLOW.
func (p PaymentGroup) Totals() (count int, sum money.Fen, err error) {
	for _, t := range p.Transfers {
		if sum, err = sum.Add(t.Amount); err != nil {
			return 0, 0, err
		}
	}
	return len(p.Transfers), sum, nil
}

// Check refuses an initiation that WriteInitiation would not write: with BAD_ARGUMENT
// a party without name or social credit code, an identification that is given twice,
// too long or has a character that a bank may not pass on; with BAD_AMOUNT an amount
// that is not above zero, or a sum beyond what the message can carry.
func (in Initiation) Check() error {
	if err := checkID("message", in.MessageID); err != nil {
		return err
	}
	if err := checkInstant("creation time", in.Created); err != nil {
		return err
	}
	if err := checkNamedParty("initiator", in.Initiator); err != nil {
		return err
	}
	if len(in.Payments) == 0 {
		return code.BadArgument.New("the message has no payments")
	}
	groups, ends := map[string]bool{}, map[string]bool{}
	for _, p := range in.Payments {
		if err := p.check(ends); err != nil {
			return fmt.Errorf("payment group %.40q: %w", p.ID, err)
		}
		if groups[p.ID] {
			return code.BadArgument.New("payment group %.40q is given twice", p.ID)
		}
		groups[p.ID] = true
	}
	if _, sum, err := in.Totals(); err != nil || sum > maxAmount {
		return code.BadAmount.New("the payments sum to more than %s", maxAmount)
	}
	return nil
}

func (p PaymentGroup) check(ends map[string]bool) error {
	if err := checkID("payment group", p.ID); err != nil {
		return err
	}
	if err := p.Execution.Valid(); err != nil || p.Execution.IsZero() {
		return code.BadArgument.New("execution date %s", p.Execution)
	}
	if err := checkNamedParty("debtor", p.Debtor); err != nil {
		return err
	}
	if err := checkAccount("debtor's account", p.DebtorAccount); err != nil {
		return err
	}
	if err := checkAgent("debtor's bank", p.DebtorAgent); err != nil {
		return err
	}
	if len(p.Transfers) == 0 {
		return code.BadArgument.New("no transfers")
	}
	for i, t := range p.Transfers {
		if err := t.check(); err != nil {
			return fmt.Errorf("transfer %d: %w", i+1, err)
		}
		if ends[t.EndToEndID] {
			return code.BadArgument.New("transfer %d: %q is given twice in the message", i+1, t.EndToEndID)
		}
		ends[t.EndToEndID] = true
	}
	return nil
}

func (t Transfer) check() error {
	if err := checkID("end-to-end identification", t.EndToEndID); err != nil {
		return err
	}
	if t.EndToEndID == notProvided {
		return code.BadArgument.New("end-to-end identification %s stands for none", notProvided)
	}
	if err := checkOptionalID("instruction identification", t.InstructionID); err != nil {
		return err
	}
	if err := checkPositive(t.Amount); err != nil {
		return err
	}
	if err := checkNamedParty("creditor", t.Creditor); err != nil {
		return err
	}
	if err := checkAccount("creditor's account", t.CreditorAccount); err != nil {
		return err
	}
	if err := checkAgent("creditor's bank", t.CreditorAgent); err != nil {
		return err
	}
	return checkText("remittance", t.Remittance, maxRemittance)
}

// WriteInitiation writes a pain.001.001.10 as it goes, without holding the file. What
// Check refuses is refused before a byte is written; any other error is the stream's.
func WriteInitiation(w io.Writer, in Initiation) error {
	if err := in.Check(); err != nil {
		return err
	}
	count, sum, err := in.Totals()
	if err != nil {
		return err
	}
	out := begin(w, Pain001)
	out.groupHeader(in.MessageID, in.Created, func() {
		out.number("NbOfTxs", count)
		out.leaf("CtrlSum", sum.String())
		out.party("InitgPty", in.Initiator)
	})
	for _, p := range in.Payments {
		if err := out.paymentGroup(p); err != nil {
			return err
		}
	}
	return out.end(Pain001)
}

func (w *writer) paymentGroup(p PaymentGroup) error {
	count, sum, err := p.Totals()
	if err != nil {
		return err
	}
	w.in("PmtInf", func() {
		w.leaf("PmtInfId", p.ID)
		w.leaf("PmtMtd", "TRF")
		w.leaf("BtchBookg", "false") // each transfer is an entry with a reference of its own
		w.number("NbOfTxs", count)
		w.leaf("CtrlSum", sum.String())
		w.within(p.Execution.String(), "ReqdExctnDt", "Dt")
		w.party("Dbtr", p.Debtor)
		w.account("DbtrAcct", p.DebtorAccount)
		w.agent("DbtrAgt", p.DebtorAgent)
		for _, t := range p.Transfers {
			w.transfer(t)
		}
	})
	return w.err
}

func (w *writer) transfer(t Transfer) {
	w.in("CdtTrfTxInf", func() {
		w.in("PmtId", func() {
			w.leaf("InstrId", t.InstructionID)
			w.leaf("EndToEndId", t.EndToEndID)
		})
		w.line("Amt", func() { w.amount("InstdAmt", t.Amount) })
		w.agent("CdtrAgt", t.CreditorAgent)
		w.party("Cdtr", t.Creditor)
		w.account("CdtrAcct", t.CreditorAccount)
		w.within(t.Remittance, "RmtInf", "Ustrd")
	})
}
