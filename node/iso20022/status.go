package iso20022

import (
	"fmt"
	"io"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
)

// StatusReport is a pain.002: what a bank says of a pain.001 that it received.
type StatusReport struct {
	ID       string
	Created  calendar.Instant
	Bank     Agent  // who answers: the payer's bank
	Original string // identification of the pain.001
	Code     string // status of the whole, such as RJCT; optional
	Reason   Reason
	Payments []PaymentStatus
}

// PaymentStatus is what the bank says of one payment group.
type PaymentStatus struct {
	ID           string // of the group
	Code         string // status of all its transactions; optional
	Reason       Reason
	Transactions []TransactionStatus
}

// TransactionStatus is what the bank says of one transfer. Amount, parties, accounts
// and banks repeat those of the pain.001; they may be left out.
type TransactionStatus struct {
	EndToEndID    string
	InstructionID string
	Code          string // ACCP, ACSP, ACSC, ACCC, RJCT or PDNG
	Reason        Reason
	Accepted      calendar.Instant // optional
	Reference     string           // of the bank's booking; optional

	Amount          money.Fen // zero if left out
	Execution       calendar.Date
	Debtor          Party
	DebtorAccount   Account
	DebtorAgent     Agent
	Creditor        Party
	CreditorAccount Account
	CreditorAgent   Agent
}

// Check refuses with BAD_ARGUMENT or BAD_AMOUNT a report that WriteStatusReport would
// not write.
func (r StatusReport) Check() error {
	for _, err := range []error{
		checkID("message", r.ID), checkInstant("creation time", r.Created), checkAgent("bank", r.Bank),
		checkID("original message", r.Original), checkStatus(r.Code, true), checkReason(r.Reason),
	} {
		if err != nil {
			return err
		}
	}
	for _, p := range r.Payments {
		for _, err := range []error{checkID("payment group", p.ID), checkStatus(p.Code, true), checkReason(p.Reason)} {
			if err != nil {
				return err
			}
		}
		for i, t := range p.Transactions {
			if err := t.check(); err != nil {
				return fmt.Errorf("payment group %.40q, transaction %d: %w", p.ID, i+1, err)
			}
		}
	}
	return nil
}

func (t TransactionStatus) check() error {
	for _, err := range []error{
		checkID("end-to-end identification", t.EndToEndID),
		checkOptionalID("instruction identification", t.InstructionID),
		checkStatus(t.Code, false), checkReason(t.Reason), checkOptionalID("reference", t.Reference),
		t.Accepted.Valid(), t.Execution.Valid(),
	} {
		if err != nil {
			return err
		}
	}
	if t.Amount != 0 {
		if err := checkPositive(t.Amount); err != nil {
			return err
		}
	}
	return t.related().check()
}

func (t TransactionStatus) related() related {
	return related{t.Debtor, t.DebtorAccount, t.DebtorAgent, t.Creditor, t.CreditorAccount, t.CreditorAgent}
}

func checkStatus(word string, optional bool) error {
	if _, known := paymentStates[word]; known || word == "" && optional {
		return nil
	}
	return code.BadArgument.New("%.10q is not a status", word)
}

// related are the sides of a transaction, each of which may be left out.
type related struct {
	debtor          Party
	debtorAccount   Account
	debtorAgent     Agent
	creditor        Party
	creditorAccount Account
	creditorAgent   Agent
}

func (r related) check() error {
	for _, err := range []error{
		checkParty("debtor", r.debtor), checkParty("creditor", r.creditor),
		checkText("debtor's account", string(r.debtorAccount), maxAccount),
		checkText("creditor's account", string(r.creditorAccount), maxAccount),
	} {
		if err != nil {
			return err
		}
	}
	for _, a := range []Agent{r.debtorAgent, r.creditorAgent} {
		if a == (Agent{}) {
			continue
		}
		if err := checkAgent("bank", a); err != nil {
			return err
		}
	}
	return nil
}

// WriteStatusReport writes a pain.002.001.11. What Check refuses is refused before a
// byte is written; any other error is the stream's.
func WriteStatusReport(w io.Writer, r StatusReport) error {
	if err := r.Check(); err != nil {
		return err
	}
	out := begin(w, Pain002)
	out.groupHeader(r.ID, r.Created, func() { out.agent("DbtrAgt", r.Bank) })
	out.in("OrgnlGrpInfAndSts", func() {
		out.leaf("OrgnlMsgId", r.Original)
		out.leaf("OrgnlMsgNmId", messageOf(Pain001).versions[0])
		out.leaf("GrpSts", r.Code)
		out.reason("StsRsnInf", r.Reason)
	})
	for _, p := range r.Payments {
		out.in("OrgnlPmtInfAndSts", func() {
			out.leaf("OrgnlPmtInfId", p.ID)
			out.leaf("PmtInfSts", p.Code)
			out.reason("StsRsnInf", p.Reason)
			for _, t := range p.Transactions {
				out.transactionStatus(t)
			}
		})
	}
	return out.end(Pain002)
}

func (w *writer) transactionStatus(t TransactionStatus) {
	w.in("TxInfAndSts", func() {
		w.leaf("OrgnlInstrId", t.InstructionID)
		w.leaf("OrgnlEndToEndId", t.EndToEndID)
		w.leaf("TxSts", t.Code)
		w.reason("StsRsnInf", t.Reason)
		w.time("AccptncDtTm", t.Accepted)
		w.leaf("AcctSvcrRef", t.Reference)
		if t.Amount == 0 && t.Execution.IsZero() && t.related() == (related{}) {
			return
		}
		w.in("OrgnlTxRef", func() {
			if t.Amount != 0 {
				w.line("Amt", func() { w.amount("InstdAmt", t.Amount) })
			}
			if !t.Execution.IsZero() {
				w.within(t.Execution.String(), "ReqdExctnDt", "Dt")
			}
			w.partyChoice("Dbtr", t.Debtor)
			w.account("DbtrAcct", t.DebtorAccount)
			w.agent("DbtrAgt", t.DebtorAgent)
			w.agent("CdtrAgt", t.CreditorAgent)
			w.partyChoice("Cdtr", t.Creditor)
			w.account("CdtrAcct", t.CreditorAccount)
		})
	})
}
