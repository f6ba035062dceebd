package rules

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// StopArgument is a bank's attestation about a debtor, for example that it is on
// the bill exchange's list of overdue acceptors.
type StopArgument struct {
	Debtor   string        `json:"debtor"`
	Reason   string        `json:"reason"`
	Document record.Digest `json:"document"`                           // hash of what the bank saw
	Bank     string        `json:"bank,omitzero" metadata:",optional"` // whose attestation is lifted; the signer's own when left out
}

// StopResult says whether the debtor is stopped now.
type StopResult struct {
	Debtor  string `json:"debtor"`
	Stopped bool   `json:"stopped"`
}

func (in *StopArgument) form() error {
	if err := number.CheckSocialCredit(in.Debtor); err != nil {
		return err
	}
	if in.Document.IsZero() {
		return code.BadArgument.New("an attestation names its document")
	}
	if in.Bank != "" {
		if err := number.CheckSocialCredit(in.Bank); err != nil {
			return err
		}
	}
	return member.CheckText("reason", in.Reason, member.MaxReason)
}

// StopDebtor attests that a debtor may not issue (DEFAULT-STOP). A reviewer of a
// bank signs. Each bank attests for itself: one bank's word neither stands in the
// way of another's nor ends with it. Stopped already by this bank: ALREADY_EXISTS.
func StopDebtor(w *world.World, in StopArgument) (StopResult, error) {
	bank, err := attestant(w, in)
	if err != nil {
		return StopResult{}, err
	}
	if in.Bank != "" && in.Bank != bank.ID {
		return StopResult{}, code.NotAuthorised.New("bank %s attests for itself only", bank.ID)
	}
	stop, err := world.Find(w, record.StopKey(in.Debtor, bank.ID))
	if err != nil {
		return StopResult{}, err
	}
	if stop != nil && stop.Lifted == 0 {
		return StopResult{}, code.AlreadyExists.New("debtor %s is stopped since %s", in.Debtor, stop.Since)
	}
	return attest(w, &record.Stop{
		Debtor: in.Debtor, Bank: bank.ID, Reason: in.Reason, Document: in.Document, Since: w.Now(),
	})
}

// LiftStop attests that the reason has ended. A reviewer of the bank that
// attested it signs; of any bank, once that bank is suspended. Not stopped by that
// bank: NOT_FOUND; another active bank's attestation: NOT_AUTHORISED.
func LiftStop(w *world.World, in StopArgument) (StopResult, error) {
	bank, err := attestant(w, in)
	if err != nil {
		return StopResult{}, err
	}
	if in.Bank == "" {
		in.Bank = bank.ID
	}
	stop, err := world.Find(w, record.StopKey(in.Debtor, in.Bank))
	if err != nil {
		return StopResult{}, err
	}
	if stop == nil || stop.Lifted != 0 {
		return StopResult{}, code.NotFound.New("a stop of debtor %s by bank %s", in.Debtor, in.Bank)
	}
	if in.Bank != bank.ID {
		other, err := member.Get(w, in.Bank)
		if err != nil {
			return StopResult{}, err
		}
		if other.State == record.MemberActive {
			return StopResult{}, code.NotAuthorised.New("bank %s attested the stop", in.Bank)
		}
	}
	stop.Lifted = w.Now()
	return attest(w, stop)
}

// attestant checks form, signer and debtor, and returns the signer's bank.
func attestant(w *world.World, in StopArgument) (*record.Member, error) {
	if err := in.form(); err != nil {
		return nil, err
	}
	bank, err := member.Require(w, record.Reviewer, record.Funder)
	if err != nil {
		return nil, err
	}
	_, err = member.Get(w, in.Debtor)
	return bank, err
}

func attest(w *world.World, s *record.Stop) (StopResult, error) {
	world.Put(w, record.StopKey(s.Debtor, s.Bank), s)
	w.Notify(record.NoticeOf{Kind: record.DebtorStopChanged, Subject: s.Debtor, Members: []string{s.Debtor, w.Actor().Member}})
	left, err := stopOf(w, s.Debtor)
	return StopResult{Debtor: s.Debtor, Stopped: left != nil}, err
}

// oldestUnpaid is the earliest payment date of which the debtor has not provided for all;
// ok is false when there is none.
func oldestUnpaid(w *world.World, debtor string) (payment calendar.Date, ok bool, err error) {
	prefix := record.UnpaidPrefix(debtor)
	err = world.Scan(w, prefix, record.PrefixEnd(prefix), func(key string, _ *record.Marker) (bool, error) {
		payment, err = calendar.ParseCompact(key[len(prefix):])
		ok = err == nil
		return false, err
	})
	return payment, ok, err
}

// stopOf is the first attestation in force against the debtor, or nil.
func stopOf(w *world.World, debtor string) (*record.Stop, error) {
	var found *record.Stop
	prefix := record.StopsPrefix(debtor)
	err := world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, stop *record.Stop) (bool, error) {
		if stop.Lifted == 0 {
			found = stop
		}
		return found == nil, nil
	})
	return found, err
}
