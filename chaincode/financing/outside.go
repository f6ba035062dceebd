package financing

import (
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// PaidOutsideArgument says that a debtor paid fen outside of the ledger.
type PaidOutsideArgument struct {
	Debtor        string        `json:"debtor"`
	Holder        string        `json:"holder"` // who owns the fen and was paid
	Legs          []record.Leg  `json:"legs"`
	DebtorAccount string        `json:"debtorAccount"`
	HolderAccount string        `json:"holderAccount"`
	Document      record.Digest `json:"document"` // hash of what both signed
}

// Amount is what the proposer's own policy compares: the sum of the legs.
func (in PaidOutsideArgument) Amount() money.Fen { return certificate.LegsAmount(in.Legs) }

// PaidOutsideHolds is what a proposal sets aside: the fen, unless they are overdue. Those
// nobody holds: until the other side approves, funds of the run may reach them.
func PaidOutsideHolds(w *world.World, in PaidOutsideArgument) ([]record.Hold, error) {
	run, err := runOf(w, in.Legs)
	if err != nil || run != "" {
		return nil, err
	}
	return certificate.IntervalHolds(in.Legs), nil
}

// runOf is the run that the fen of the first leg are in, or none before their payment
// date.
func runOf(w *world.World, legs []record.Leg) (string, error) {
	if len(legs) == 0 {
		return "", nil
	}
	c, err := world.Find(w, record.CertificateKey(legs[0].Certificate))
	if err != nil || c == nil || c.Entered == 0 {
		return "", err
	}
	stakes, err := certificate.Stakes(w, legs[:1])
	if err != nil || len(stakes) == 0 {
		return "", err
	}
	return record.RunID(c.Debtor, stakes[0].Payment), nil
}

// PaidOutsideCounterparty is the side that has to approve: the holder when the
// debtor proposes, and the other way round.
func PaidOutsideCounterparty(w *world.World, in PaidOutsideArgument) (string, error) {
	switch w.Actor().Member {
	case in.Debtor:
		return in.Holder, nil
	case in.Holder:
		return in.Debtor, nil
	}
	return "", code.NotAuthorised.New("the payment is between %s and %s", in.Debtor, in.Holder)
}

// PaidOutside agrees that the debtor has paid fen to their owner outside of the
// ledger: one proposes, the other approves. The advice of the bank that credited it
// then redeems them, so that they are never paid twice. Overdue fen too: no funds of
// their run are divided over them meanwhile, and late interest is owed to the day on
// which the money arrived.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_INTERVAL, AMOUNT_OVERFLOW);
// NOT_SUBMITTABLE; the actor is a maker of a debtor, a holder or a bank
// (ROLE_MISSING); NOT_AUTHORISED for anybody else, QUORUM_MISSING when the other side
// has not approved; the accounts (NOT_FOUND, ACCOUNT_UNCONFIRMED, COOLING_OFF); leg by
// leg as Request, of fen that are overdue as of a recovery (certificate.Engage);
// RATE_UNFIT for fen of another debtor; TERMS_INVALID when a part of the fen is still
// the seller's, see Resell; RUN_DIVIDING.
func PaidOutside(w *world.World, in PaidOutsideArgument) (SettlementResult, error) {
	if err := in.form(); err != nil {
		return SettlementResult{}, err
	}
	if err := member.RequireQuorum(w, record.QuorumCounterparty); err != nil {
		return SettlementResult{}, err
	}
	if _, err := member.Require(w, record.Maker, record.Debtor|record.Holder|record.Funder); err != nil {
		return SettlementResult{}, err
	}
	other, err := PaidOutsideCounterparty(w, in)
	if err != nil {
		return SettlementResult{}, err
	}
	if err := certificate.CheckApprovedBy(w, other); err != nil {
		return SettlementResult{}, err
	}
	pack, err := rules.Current(w)
	if err != nil {
		return SettlementResult{}, err
	}
	s := &record.Settlement{
		ID: w.NewID(), Purpose: record.PurposeOutside, Amount: in.Amount(), Effect: record.EffectRedeem,
		Evidence: in.Document, LapsesAt: settlement.Deadline(w, pack.InstructDays),
	}
	if err := settlement.SetAccounts(w, s, settlement.Account{Member: in.Debtor, ID: in.DebtorAccount},
		settlement.Account{Member: in.Holder, ID: in.HolderAccount}); err != nil {
		return SettlementResult{}, err
	}
	if s.Run, err = runOf(w, in.Legs); err != nil {
		return SettlementResult{}, err
	}
	engagement := certificate.Engagement{
		Owner: in.Holder, Legs: in.Legs, Counterpart: in.Debtor, Operation: certificate.OpFinance,
	}
	if s.Run != "" {
		engagement.Operation = certificate.OpRecover
	}
	stakes, err := settlement.Begin(w, s, engagement)
	if err != nil {
		return SettlementResult{}, err
	}
	for _, stake := range stakes {
		if stake.Debtor != in.Debtor {
			return SettlementResult{}, code.RateUnfit.New("certificate %s is owed by %s", stake.Certificate, stake.Debtor)
		}
	}
	if err := checkWhole(w, stakes); err != nil {
		return SettlementResult{}, err
	}
	return SettlementResult{s.ID, s.Amount}, nil
}

func (in *PaidOutsideArgument) form() error {
	for _, id := range []string{in.Debtor, in.Holder} {
		if err := member.CheckID(id); err != nil {
			return err
		}
	}
	if in.Debtor == in.Holder {
		return code.BadArgument.New("debtor and holder are one")
	}
	for _, id := range []string{in.DebtorAccount, in.HolderAccount} {
		if err := member.CheckIdentifier("account", id); err != nil {
			return err
		}
	}
	if in.Document.IsZero() {
		return code.BadArgument.New("the hash of the document is missing")
	}
	return settlement.CheckLegs(in.Legs)
}
