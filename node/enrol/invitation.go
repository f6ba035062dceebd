package enrol

import (
	"crypto/rand"
	"fmt"
	"net/mail"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/local"
)

// Keys in the node's own data. Ids sort by the time they were made.
const (
	prefixInvitation = "enrol/invitation/" // enrol/invitation/<id>
	prefixToken      = "enrol/token/"      // enrol/token/<hash of the token>
	prefixInviter    = "enrol/inviter/"    // enrol/inviter/<member>/<id>
	prefixEnrolment  = "enrol/enrolment/"  // enrol/enrolment/<id>: the id is the reference
)

func invitationKey(id string) local.Key[Invitation] {
	return local.Key[Invitation](prefixInvitation + id)
}

func tokenKey(token string) local.Key[pointer] {
	return local.Key[pointer](prefixToken + hashOf(token).String())
}

func inviterKey(member, id string) local.Key[pointer] {
	return local.Key[pointer](prefixInviter + member + "/" + id)
}

// pointer leads to a record by its id.
type pointer struct {
	ID string `json:"id"`
}

// newID is an id that sorts by time and that nobody guesses: milliseconds of the
// ledger in hexadecimal, and 80 random bits.
func newID(now calendar.Instant) string {
	const random = 16 // characters of base 32
	return fmt.Sprintf("%012x-%s", int64(now), strings.ToLower(rand.Text()[:random]))
}

// Invitation is a member's word to an enterprise that is not on the network.
type Invitation struct {
	ID        string           `json:"id"`
	By        By               `json:"by"`
	Name      string           `json:"name"` // of the enterprise, as the inviter knows it
	Member    string           `json:"member,omitempty"`
	Roles     record.Roles     `json:"roles"`
	Email     string           `json:"email,omitempty"`
	Note      string           `json:"note,omitempty"`
	Language  string           `json:"language"`
	At        calendar.Instant `json:"at"`
	Expires   calendar.Instant `json:"expires"` // from then on it cannot be used
	RevokedAt calendar.Instant `json:"revokedAt,omitzero"`
	Enrolment string           `json:"enrolment,omitempty"` // reference of the enrolment that used it
}

// Invite is what an inviter says.
type Invite struct {
	Name     string
	Member   string // social credit code, or empty when the inviter does not know it
	Roles    record.Roles
	Email    string
	Note     string
	Language string
}

func (in *Invite) check() error {
	if err := member.CheckText("name", in.Name, member.MaxName); err != nil {
		return err
	}
	if in.Member != "" {
		if err := member.CheckID(in.Member); err != nil {
			return err
		}
	}
	const ordinary = record.Debtor | record.Holder | record.Guarantor
	if in.Roles == 0 || in.Roles&^ordinary != 0 {
		return code.BadArgument.New("an enterprise is invited as debtor, holder or guarantor")
	}
	if in.Email != "" {
		a, err := mail.ParseAddress(in.Email)
		if err != nil || a.Address != in.Email || len(in.Email) > maxEmail {
			return code.BadArgument.New("%.60q is no address for e-mail", in.Email)
		}
	}
	if in.Language != Chinese && in.Language != English {
		return code.BadArgument.New("language is %s or %s", Chinese, English)
	}
	return optional("note", in.Note, maxNote)
}

// Invite makes an invitation. The token is given this once: only its hash is kept.
// BAD_ARGUMENT, BAD_NUMBER; LIMIT_EXCEEDED when the member has too many open ones.
func (d *Desk) Invite(in Invite, by By, now calendar.Instant) (i Invitation, token string, err error) {
	if err := in.check(); err != nil {
		return i, "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	open := 0
	err = d.eachOf(by.Member, func(other *Invitation) (bool, error) {
		if other.Enrolment == "" && now < other.Expires { // revoked ones are kept, too
			open++
		}
		return open < MaxInvitations, nil
	})
	if err != nil {
		return i, "", err
	}
	if open >= MaxInvitations {
		return i, "", code.LimitExceeded.New("%d invitations are open already", open)
	}
	i = Invitation{
		ID: newID(now), By: by, Name: in.Name, Member: in.Member, Roles: in.Roles, Email: in.Email, Note: in.Note,
		Language: in.Language, At: now, Expires: now.Add(InvitationLife),
	}
	token = rand.Text() // 130 random bits
	batch := d.local.NewBatch()
	local.Put(batch, invitationKey(i.ID), &i)
	local.Put(batch, tokenKey(token), &pointer{i.ID})
	local.Put(batch, inviterKey(by.Member, i.ID), &pointer{i.ID})
	// A crash before Commit returns leaves an invitation whose token nobody has, or
	// none: the inviter makes another.
	return i, token, batch.Commit()
}

// stateOpen reports whether the invitation can be used.
func (i *Invitation) stateOpen(now calendar.Instant) bool {
	return i.Enrolment == "" && i.RevokedAt == 0 && now < i.Expires
}

// State is how an invitation stands.
func (d *Desk) State(i *Invitation, l Ledger, now calendar.Instant) (State, error) {
	switch {
	case i.Enrolment != "":
		e, err := d.Enrolment(i.Enrolment)
		if err != nil {
			return "", err
		}
		return e.State(l)
	case i.RevokedAt != 0:
		return Revoked, nil
	case now >= i.Expires:
		return Expired, nil
	default:
		return Open, nil
	}
}

// ByToken finds the invitation of a token, NOT_FOUND when there is none.
func (d *Desk) ByToken(token string) (*Invitation, error) {
	p, err := local.Get(d.local, tokenKey(token))
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, code.NotFound.New("invitation")
	}
	return d.invitation(p.ID)
}

func (d *Desk) invitation(id string) (*Invitation, error) {
	i, err := local.Get(d.local, invitationKey(id))
	if err == nil && i == nil {
		err = code.NotFound.New("invitation")
	}
	return i, err
}

// eachOf visits a member's invitations, the latest first.
func (d *Desk) eachOf(member string, visit func(*Invitation) (bool, error)) error {
	return local.ScanReverse(d.local, prefixInviter+member+"/", func(_ local.Key[pointer], p *pointer) (bool, error) {
		i, err := d.invitation(p.ID)
		if err != nil {
			return false, err
		}
		return visit(i)
	})
}

// Invitations lists a member's invitations, the latest first, those made before the
// one with the id after, and says whether there are more.
func (d *Desk) Invitations(member, after string, limit int) (list []Invitation, more bool, err error) {
	list = []Invitation{}
	err = d.eachOf(member, func(i *Invitation) (bool, error) {
		if after != "" && i.ID >= after {
			return true, nil
		}
		if len(list) == limit {
			more = true
			return false, nil
		}
		list = append(list, *i)
		return true, nil
	})
	return list, more, err
}

// Revoke takes an invitation back. NOT_FOUND when the member has no such one,
// INVITATION_CLOSED when it was used or revoked.
func (d *Desk) Revoke(id, member string, now calendar.Instant) (*Invitation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i, err := d.invitation(id)
	if err == nil && i.By.Member != member {
		err = code.NotFound.New("invitation")
	}
	if err != nil {
		return nil, err
	}
	if i.Enrolment != "" || i.RevokedAt != 0 {
		return nil, code.InvitationClosed.New("it was used or revoked")
	}
	i.RevokedAt = now
	batch := d.local.NewBatch()
	local.Put(batch, invitationKey(i.ID), i)
	return i, batch.Commit()
}
