package api

import (
	"errors"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/access"
	"github.com/tierledger/tierledger/node/enrol"
)

// Limits of what anybody may write without a login, from one address. They are always
// there: what is written stays.
const (
	strangerPerSecond = 1
	strangerBurst     = 20
)

// secretPaths are paths whose last parts are capabilities: whoever has them may act.
//
//nolint:gochecknoglobals // a constant list
var secretPaths = []string{"/v1/invitations/by-token/", "/v1/recoveries/by-reference/", "/v1/verifications/"}

// loggable is a path without the capabilities in it.
func loggable(path string) string {
	for _, p := range secretPaths {
		if strings.HasPrefix(path, p) {
			return p + "-"
		}
	}
	return path
}

// open registers an operation that needs no login; write says that it changes
// something, and then it is limited more strictly.
func open[I, O any](s *Server, op huma.Operation, write bool, answer func(*reading, *I) (O, error)) {
	type output struct{ Body O }
	op.Description += " Needs no login."
	answering(s, op, func(r *reading, in *I) (*output, error) {
		if write {
			if err := s.strangers.allow(r.facts.remote, s.Now()); err != nil {
				return nil, err
			}
		}
		body, err := answer(r, in)
		return &output{body}, err
	})
}

// registered is what the moment of a request says of keys.
type registered struct{ state access.State }

func (l registered) Registered(member string, key record.Digest) (bool, error) {
	c, err := record.Find(l.state, record.CredentialKey(key))
	return c != nil && c.Member == member, err
}

func (l registered) Known(member string) (bool, error) {
	m, err := record.Find(l.state, record.MemberKey(member))
	return m != nil, err
}

func (r *reading) registered() registered { return registered{r.State} }

// by is who asks.
func (r *reading) by() enrol.By {
	return enrol.By{Member: r.Member.ID, Person: r.Credential.Person, Key: r.Credential.ID}
}

// partner is a member by code and name.
type partner struct {
	ID   string `json:"id" doc:"Social credit code"`
	Name string `json:"name" doc:"Registered name"`
}

func (r *reading) partner(id string) (*partner, error) {
	if id == "" {
		return nil, nil
	}
	m, err := record.Find(r.State, record.MemberKey(id))
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, errors.New("member " + id + " is not on the ledger")
	}
	return &partner{m.ID, m.Name}, nil
}

// StateFilter selects requests by what became of them.
type StateFilter struct {
	State string `query:"state" maxLength:"16" enum:"waiting,enrolled,recovered,refused,expired" doc:"All when left out"`
}

func (f StateFilter) states() []enrol.State {
	if f.State == "" {
		return nil
	}
	return []enrol.State{enrol.State(f.State)}
}

// refusalInput turns a request down.
type refusalInput struct {
	ID   string `path:"id" maxLength:"64" doc:"Reference of the request"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"400" doc:"Shown to who asked"`
	}
}

func (in *refusalInput) refusal(r *reading) enrol.Refusal {
	return enrol.Refusal{By: r.by(), At: r.Now, Reason: in.Body.Reason}
}

// officer refuses whoever does not decide for the bank that runs the node.
func (s *Server) officer(r *reading) error {
	_, err := s.ofTheBank(r, record.Maker|record.Reviewer)
	return err
}
