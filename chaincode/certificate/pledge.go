package certificate

import (
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// PledgeArgument is a security interest that the owner gives a bank.
type PledgeArgument struct {
	Leg          record.Leg    `json:"leg"`
	Pledgee      string        `json:"pledgee"`
	Secured      money.Fen     `json:"secured"`      // amount secured
	Registration string        `json:"registration"` // number in the unified registry (中登网)
	Document     record.Digest `json:"document"`     // hash of the pledge contract
}

// Amount is what the pledgor's own policy compares: the fen pledged.
func (in PledgeArgument) Amount() money.Fen { return in.Leg.Interval.Amount() }

// PledgeResult is the state of a pledge.
type PledgeResult struct {
	ID    string             `json:"id"`
	State record.PledgeState `json:"state"`
}

// Pledge locks fen for a bank: the owner proposes, the bank approves, and the
// registration was made before (PLEDGE-LOCK, Civil Code 445). The fen stay the
// owner's.
//
// Refusals, in order: form (BAD_NUMBER, BAD_ARGUMENT, BAD_INTERVAL, BAD_AMOUNT);
// NOT_SUBMITTABLE; the actor is a maker of a holder or bank (ROLE_MISSING); the
// pledgee (PLEDGE_MISMATCH when it is the pledgor, MEMBER_UNKNOWN,
// MEMBER_SUSPENDED, ROLE_MISSING) and its approval (QUORUM_MISSING); NOT_FOUND,
// CERTIFICATE_STATE, MATURED, TRANSFER_TO_DEBTOR, HOLDING_CHANGED, NOT_OWNER,
// FROZEN or HOLDING_LOCKED as in Transfer; ALREADY_FINANCED for fen of which a part is
// still the seller's.
func Pledge(w *world.World, in PledgeArgument) (PledgeResult, error) {
	if err := checkPledgeForm(in); err != nil {
		return PledgeResult{}, err
	}
	if err := member.RequireQuorum(w, record.QuorumCounterparty); err != nil {
		return PledgeResult{}, err
	}
	owner, err := member.Require(w, record.Maker, holders)
	if err != nil {
		return PledgeResult{}, err
	}
	if in.Pledgee == owner.ID {
		return PledgeResult{}, code.PledgeMismatch.New("member %s cannot be its own pledgee", owner.ID)
	}
	if _, err := member.GetActive(w, in.Pledgee, record.Funder); err != nil {
		return PledgeResult{}, err
	}
	if err := CheckApprovedBy(w, in.Pledgee); err != nil {
		return PledgeResult{}, err
	}
	p := &record.Pledge{
		ID: w.NewID(), Pledgor: owner.ID, Pledgee: in.Pledgee, Secured: in.Secured, Registration: in.Registration,
		Document: in.Document, State: record.PledgeActive, At: w.Now(),
	}
	d := newDesk(w)
	if err := d.pledge(p, in.Leg); err != nil {
		return PledgeResult{}, err
	}
	pack, err := rules.Current(w)
	if err != nil {
		return PledgeResult{}, err
	}
	w.Passed(pack.Ordinal, record.RegisterFirst)
	w.Passed(pack.Ordinal, record.PledgeLock)
	world.Put(w, record.PledgeKey(p.ID), p)
	w.Notify(record.NoticeOf{
		Kind: record.PledgeMade, Subject: p.ID, Members: d.concerned(p.Pledgor, p.Pledgee), Amount: in.Amount(),
	})
	return PledgeResult{p.ID, p.State}, d.close()
}

func checkPledgeForm(in PledgeArgument) error {
	if err := checkLeg(in.Leg); err != nil {
		return err
	}
	if err := checkMember(in.Pledgee); err != nil {
		return err
	}
	if err := checkAmount("a secured amount", in.Secured); err != nil {
		return err
	}
	if err := member.CheckText("the registration number", in.Registration, MaxDocument); err != nil {
		return err
	}
	return checkDigest("pledge contract", in.Document)
}

// pledge locks the leg for the pledge and records it there as it was found.
func (d *desk) pledge(p *record.Pledge, leg record.Leg) error {
	b, err := d.book(leg.Certificate)
	if err != nil {
		return err
	}
	if err := b.checkActive(); err != nil {
		return err
	}
	if b.cert.Debtor == p.Pledgee {
		return code.TransferToDebtor.New("member %s is the debtor of certificate %s", p.Pledgee, b.cert.Number)
	}
	e, err := b.named(p.Pledgor, leg)
	if err != nil {
		return err
	}
	if err := checkFree(&e.Holding, leg.Interval, OpPledge, ""); err != nil {
		return err
	}
	if err := checkWhole(d.w, e); err != nil {
		return err
	}
	if err := checkRoom(&e.Holding); err != nil {
		return err
	}
	e.lock(record.Lock{
		Kind: record.LockPledge, Interval: leg.Interval, Order: p.ID, Counterpart: p.Pledgee, At: d.w.Now(),
	})
	p.Leg = record.Leg{Certificate: leg.Certificate, Holding: e.ID, Version: e.Version, Interval: leg.Interval}
	return nil
}

// checkWhole refuses with ALREADY_FINANCED fen of which a part is still the seller's: a
// bank pledges only what is its own.
func checkWhole(w *world.World, e *entry) error {
	if e.Claim.Financing == "" {
		return nil
	}
	f, err := world.Load(w, record.FinancingKey(e.Claim.Financing), "financing", e.Claim.Financing)
	if err != nil {
		return err
	}
	if f.Terms.Shared() {
		return code.AlreadyFinanced.New("a part of holding %d of certificate %s is the seller's until it is cleared", e.ID, e.Certificate)
	}
	return nil
}

// PledgeHolds is what a proposal to pledge sets aside: the fen.
func PledgeHolds(_ *world.World, in PledgeArgument) ([]record.Hold, error) {
	return IntervalHolds([]record.Leg{in.Leg}), nil
}

// PledgeCounterparty is who has to approve a proposal to pledge: the pledgee.
func PledgeCounterparty(_ *world.World, in PledgeArgument) (string, error) { return in.Pledgee, nil }

// PledgeIDArgument names one pledge.
type PledgeIDArgument struct {
	ID string `json:"id"`
}

// ReleasePledge gives pledged fen free on behalf of the pledgee, wherever they
// are now. Locks of others stay.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a bank's maker (ROLE_MISSING);
// NOT_FOUND; PLEDGE_MISMATCH when it was released before or the actor is not the
// pledgee; HOLDING_LOCKED while a payment or clearing of the fen is under way.
func ReleasePledge(w *world.World, in PledgeIDArgument) (PledgeResult, error) {
	if err := checkID("pledge", in.ID); err != nil {
		return PledgeResult{}, err
	}
	by, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return PledgeResult{}, err
	}
	p, err := world.Load(w, record.PledgeKey(in.ID), "pledge", in.ID)
	if err != nil {
		return PledgeResult{}, err
	}
	if p.State != record.PledgeActive {
		return PledgeResult{}, code.PledgeMismatch.New("pledge %s was released at %s", p.ID, p.EndedAt)
	}
	if by.ID != p.Pledgee {
		return PledgeResult{}, code.PledgeMismatch.New("the pledgee of %s is %s", p.ID, p.Pledgee)
	}
	d := newDesk(w)
	b, err := d.book(p.Leg.Certificate)
	if err != nil {
		return PledgeResult{}, err
	}
	holdings, err := b.over(p.Leg.Holding, p.Leg.Interval)
	if err != nil {
		return PledgeResult{}, err
	}
	for _, e := range holdings {
		if e.Redeemed == 0 { // what was paid is free of it in any case
			if err := checkFree(&e.Holding, p.Leg.Interval, OpRelease, p.ID); err != nil {
				return PledgeResult{}, err
			}
		}
		e.unlock(ofOrder(p.ID))
	}
	p.State, p.EndedAt = record.PledgeReleased, w.Now()
	world.Put(w, record.PledgeKey(p.ID), p)
	w.Notify(record.NoticeOf{
		Kind: record.PledgeWasReleased, Subject: p.ID, Members: d.concerned(p.Pledgor, p.Pledgee),
		Amount: p.Leg.Interval.Amount(),
	})
	return PledgeResult{p.ID, p.State}, d.close()
}
