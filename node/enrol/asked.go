package enrol

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/node/local"
)

// asked is what waits for the bank's people: an enrolment, or a request to recover a key.
type asked[T any] interface {
	*T
	key() string // its reference; later ones are greater
	stateAt(l Ledger, now calendar.Instant) (State, error)
	refuse(r *Refusal)
}

// listed lists records, the latest first, those before the reference after and in one of
// the states (none: in any), and says whether there are more.
func listed[T any, P asked[T]](
	d *Desk, prefix string, l Ledger, now calendar.Instant, after string, limit int, states []State,
) (list []T, more bool, err error) {
	list = []T{}
	err = local.ScanReverse(d.local, prefix, func(_ local.Key[T], v *T) (bool, error) {
		if after != "" && P(v).key() >= after {
			return true, nil
		}
		state, err := P(v).stateAt(l, now)
		if err != nil || len(states) > 0 && !slices.Contains(states, state) {
			return true, err
		}
		if len(list) == limit {
			more = true
			return false, nil
		}
		list = append(list, *v)
		return true, nil
	})
	return list, more, err
}

// refuse turns a record down that still waits; ENROLMENT_STATE otherwise.
func refuse[T any, P asked[T]](
	d *Desk, prefix, reference string, find func(reference string) (P, error), l Ledger, r Refusal,
) (P, error) {
	if err := member.CheckText("reason", r.Reason, member.MaxReason); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	v, err := find(reference)
	if err != nil {
		return nil, err
	}
	switch state, err := v.stateAt(l, r.At); {
	case err != nil:
		return nil, err
	case state != Waiting:
		return nil, code.EnrolmentState.New("it is %s", state)
	}
	v.refuse(&r)
	batch := d.local.NewBatch()
	local.Put(batch, local.Key[T](prefix+v.key()), (*T)(v))
	return v, batch.Commit()
}
