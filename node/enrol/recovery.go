package enrol

import (
	"bytes"

	jsonx "github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/node/local"
)

const prefixRecovery = "enrol/recovery/" // enrol/recovery/<reference>

func recoveryKey(reference string) local.Key[Recovery] {
	return local.Key[Recovery](prefixRecovery + reference)
}

// Plea is what somebody says who lost an admin's key.
type Plea struct {
	Member string `json:"member"` // social credit code
	Person
	Reason    string          `json:"reason"`
	Contact   string          `json:"contact"`
	Request   record.Digest   `json:"request"` // SHA-256 of the legal representative's signed request
	Documents []record.Digest `json:"documents"`
}

// Recovery is a plea that waits for the bank, or was dealt with.
type Recovery struct {
	Reference string           `json:"reference"`
	Plea      Plea             `json:"plea"`
	Key       record.Digest    `json:"key"`
	Pairing   string           `json:"pairing"` // 8 digits, see crypto/credential.Pairing
	At        calendar.Instant `json:"at"`
	Refusal   *Refusal         `json:"refusal,omitempty"`
}

// Argument is what the bank's people propose. Contracts want the key to be valid no
// earlier than the cooling-off time after the approval: notBefore is that for an
// approval at the moment given.
func (r *Recovery) Argument(notBefore calendar.Instant) member.RecoverArgument {
	p := r.Plea.Person
	if p.NotBefore < notBefore {
		p.NotBefore = notBefore
	}
	return member.RecoverArgument{Member: r.Plea.Member, Credential: p.argument(p.NotBefore), Request: r.Plea.Request}
}

// State is what became of the plea: by the ledger, refused, or expired.
func (r *Recovery) State(l Ledger, now calendar.Instant) (State, error) {
	if ok, err := l.Registered(r.Plea.Member, r.Key); err != nil || ok {
		return Recovered, err
	}
	switch {
	case r.Refusal != nil:
		return Refused, nil
	case now >= r.At.Add(RecoveryLife):
		return Expired, nil
	default:
		return Waiting, nil
	}
}

func (p *Plea) check(network string, now calendar.Instant) error {
	in := member.RecoverArgument{Member: p.Member, Credential: p.argument(now), Request: p.Request}
	if err := member.CheckRecovery(network, now, in); err != nil {
		return err
	}
	if err := member.CheckText("reason", p.Reason, member.MaxReason); err != nil {
		return err
	}
	if err := member.CheckText("contact", p.Contact, maxContact); err != nil {
		return err
	}
	return checkDocuments(p.Documents)
}

// Plead keeps a request to recover an admin's key. Everybody is answered alike,
// whether the member is on the ledger or not. The same request again, while it waits,
// is the same one. RATE_LIMITED when too many of this member wait. When all places
// are taken, the oldest request gives way that was dealt with or is of no member.
func (d *Desk) Plead(p Plea, l Ledger, now calendar.Instant) (*Recovery, error) {
	if err := p.check(d.network, now); err != nil {
		return nil, err
	}
	key, err := credential.ParsePublicKey(p.PublicKey)
	if err != nil {
		return nil, code.BadKey.New("key of person %s", p.Person.Person)
	}
	pairing, err := credential.Pairing(d.network, p.Member, []credential.KeyID{key.ID()}, nil)
	if err != nil {
		return nil, err
	}
	r := &Recovery{Reference: newID(now), Plea: p, Key: record.Digest(key.ID()), Pairing: pairing, At: now}
	d.mu.Lock()
	defer d.mu.Unlock()
	all, waiting := []Recovery{}, 0
	err = local.Scan(d.local, prefixRecovery, func(_ local.Key[Recovery], other *Recovery) (bool, error) {
		all = append(all, *other)
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Plea.Member != p.Member {
			continue
		}
		// The ledger knows the key of a plea only where the bank has recovered it: what is
		// counted tells a stranger nothing of the member.
		state, err := all[i].State(l, now)
		if err != nil {
			return nil, err
		}
		if state != Refused && state != Expired && samePlea(&all[i].Plea, &p) {
			return &all[i], nil
		}
		if state == Waiting {
			waiting++
		}
	}
	if waiting >= MaxRecoveries {
		return nil, code.RateLimited.New("%d requests of this member wait already", waiting)
	}
	batch := d.local.NewBatch()
	defer batch.Discard()
	if err := makeRoom(batch, all, l, now); err != nil {
		return nil, err
	}
	local.Put(batch, recoveryKey(r.Reference), r)
	return r, batch.Commit()
}

// makeRoom removes the oldest request that nobody needs when all places are taken.
func makeRoom(batch *local.Batch, all []Recovery, l Ledger, now calendar.Instant) error {
	if len(all) < MaxWaiting {
		return nil
	}
	for i := range all { // the oldest first
		state, err := all[i].State(l, now)
		if err != nil {
			return err
		}
		known, err := l.Known(all[i].Plea.Member)
		if err != nil {
			return err
		}
		if state != Waiting || !known {
			local.Delete(batch, recoveryKey(all[i].Reference))
			return nil
		}
	}
	return code.RateLimited.New("too many requests wait")
}

func samePlea(a, b *Plea) bool {
	x, errX := jsonx.Marshal(a, jsonx.Deterministic(true))
	y, errY := jsonx.Marshal(b, jsonx.Deterministic(true))
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// Recovery reads a request by its reference, NOT_FOUND when there is none.
func (d *Desk) Recovery(reference string) (*Recovery, error) {
	r, err := local.Get(d.local, recoveryKey(reference))
	if err == nil && r == nil {
		err = code.NotFound.New("request to recover a key")
	}
	return r, err
}

// Recoveries lists requests, the latest first, those before the reference after and in
// one of the states (none: in any), and says whether there are more.
func (d *Desk) Recoveries(l Ledger, now calendar.Instant, after string, limit int, states ...State) (list []Recovery, more bool, err error) {
	return listed[Recovery](d, prefixRecovery, l, now, after, limit, states)
}

// RefuseRecovery turns a request down. NOT_FOUND; ENROLMENT_STATE when it was dealt
// with or expired.
func (d *Desk) RefuseRecovery(reference string, l Ledger, refusal Refusal) (*Recovery, error) {
	return refuse[Recovery](d, prefixRecovery, reference, d.Recovery, l, refusal)
}

func (r *Recovery) key() string { return r.Reference }

func (r *Recovery) stateAt(l Ledger, now calendar.Instant) (State, error) { return r.State(l, now) }

func (r *Recovery) refuse(refusal *Refusal) { r.Refusal = refusal }
