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

func enrolmentKey(id string) local.Key[Enrolment] {
	return local.Key[Enrolment](prefixEnrolment + id)
}

// Application is what an invited enterprise says of itself.
type Application struct {
	Member      string          `json:"member"` // social credit code
	Name        string          `json:"name"`   // registered name
	Class       record.Class    `json:"class"`
	LEI         string          `json:"lei,omitempty"`
	Contact     string          `json:"contact"` // whom the bank calls, and where
	Credentials []Person        `json:"credentials"`
	Encryption  []byte          `json:"encryption,omitempty"` // public key for sealed documents
	Documents   []record.Digest `json:"documents"`            // SHA-256 of what is sent to the bank
}

// Enrolment is an application that waits for the bank, or was dealt with.
type Enrolment struct {
	Reference   string               `json:"reference"`
	Invitation  string               `json:"invitation"`
	Inviter     By                   `json:"inviter"`
	Invited     string               `json:"invited"` // the name by which the inviter knows the enterprise
	Application Application          `json:"application"`
	Argument    member.EnrolArgument `json:"argument"` // what the bank signs
	Keys        []record.Digest      `json:"keys"`     // ids of the credentials' keys, in their order
	Pairing     string               `json:"pairing"`  // 8 digits, see crypto/credential.Pairing
	At          calendar.Instant     `json:"at"`
	Refusal     *Refusal             `json:"refusal,omitempty"`
}

// State is what became of the enrolment: refused, or by the ledger.
func (e *Enrolment) State(l Ledger) (State, error) {
	if ok, err := registered(l, e.Argument.ID, e.Keys); err != nil || ok {
		return Enrolled, err
	}
	if e.Refusal != nil {
		return Refused, nil
	}
	return Waiting, nil
}

// argument is what the bank would sign of an application.
func (a *Application) argument(roles record.Roles, now calendar.Instant) member.EnrolArgument {
	in := member.EnrolArgument{ID: a.Member, Name: a.Name, Class: a.Class, Roles: roles, LEI: a.LEI, Encryption: a.Encryption}
	for i := range a.Credentials {
		in.Credentials = append(in.Credentials, a.Credentials[i].argument(now))
	}
	return in
}

func (a *Application) check(i *Invitation) error {
	if i.Member != "" && i.Member != a.Member {
		return code.BadArgument.New("the invitation is for another social credit code")
	}
	if err := member.CheckText("contact", a.Contact, maxContact); err != nil {
		return err
	}
	return checkDocuments(a.Documents)
}

// Apply uses an invitation. The checks are the ledger's own (member.CheckEnrolment),
// but whether the member or a key is on the ledger is not told. The same application
// again is the same enrolment. NOT_FOUND for a token that is none; INVITATION_CLOSED
// when the invitation expired or was revoked; CONFLICT when it was used for another
// application.
func (d *Desk) Apply(token string, a Application, now calendar.Instant) (*Enrolment, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i, err := d.ByToken(token)
	if err != nil {
		return nil, err
	}
	if i.Enrolment != "" {
		return d.again(i, &a)
	}
	if !i.stateOpen(now) {
		return nil, code.InvitationClosed.New("it expired or was revoked")
	}
	if err := a.check(i); err != nil {
		return nil, err
	}
	e := &Enrolment{
		Reference: newID(now), Invitation: i.ID, Inviter: i.By, Invited: i.Name, Application: a,
		Argument: a.argument(i.Roles, now), At: now,
	}
	if err := member.CheckEnrolment(d.network, now, e.Argument); err != nil {
		return nil, err
	}
	keys, err := keysOf(e.Argument.Credentials)
	if err != nil {
		return nil, err
	}
	e.Keys = digests(keys)
	if e.Pairing, err = credential.Pairing(d.network, a.Member, keys, a.Encryption); err != nil {
		return nil, err
	}
	i.Enrolment = e.Reference
	batch := d.local.NewBatch()
	local.Put(batch, enrolmentKey(e.Reference), e)
	local.Put(batch, invitationKey(i.ID), i)
	// A crash before Commit returns leaves both records or none; who sends the same
	// application again gets the same enrolment, or makes it anew.
	return e, batch.Commit()
}

// again is the enrolment that an invitation was used for, if it is this one.
func (d *Desk) again(i *Invitation, a *Application) (*Enrolment, error) {
	e, err := d.Enrolment(i.Enrolment)
	if err != nil {
		return nil, err
	}
	if !same(&e.Application, a) {
		return nil, code.Conflict.New("the invitation was used already")
	}
	return e, nil
}

func same(a, b *Application) bool {
	x, errX := jsonx.Marshal(a, jsonx.Deterministic(true))
	y, errY := jsonx.Marshal(b, jsonx.Deterministic(true))
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// Enrolment reads an enrolment by its reference, NOT_FOUND when there is none.
func (d *Desk) Enrolment(reference string) (*Enrolment, error) {
	e, err := local.Get(d.local, enrolmentKey(reference))
	if err == nil && e == nil {
		err = code.NotFound.New("enrolment %.40q", reference)
	}
	return e, err
}

// Enrolments lists enrolments, the latest first, those before the reference after and
// in one of the states (none: in any), and says whether there are more.
func (d *Desk) Enrolments(l Ledger, after string, limit int, states ...State) (list []Enrolment, more bool, err error) {
	return listed[Enrolment](d, prefixEnrolment, l, 0, after, limit, states)
}

// Refuse turns an enrolment down. NOT_FOUND; ENROLMENT_STATE when it was dealt with.
func (d *Desk) Refuse(reference string, l Ledger, r Refusal) (*Enrolment, error) {
	return refuse[Enrolment](d, prefixEnrolment, reference, d.Enrolment, l, r)
}

func (e *Enrolment) key() string { return e.Reference }

func (e *Enrolment) stateAt(l Ledger, _ calendar.Instant) (State, error) { return e.State(l) }

func (e *Enrolment) refuse(r *Refusal) { e.Refusal = r }
