package api

import (
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/ledger/view"
)

// viewerView is who asks, and what a client needs to know to offer what is allowed.
type viewerView struct {
	Member      record.Member       `json:"member"`
	Credential  record.Credential   `json:"credential"`
	Person      string              `json:"person" doc:"The member's own pseudonym for the person"`
	SponsorName string              `json:"sponsorName" doc:"Registered name of the bank that vouched for the member; empty when none did"`
	Validator   bool                `json:"validator" doc:"The member runs an active validator"`
	OwnNode     bool                `json:"ownNode" doc:"The member runs this node"`
	SeesAll     bool                `json:"seesAll" doc:"The member reads everything"`
	Institution bool                `json:"institution" doc:"The member may have to confirm orders and motions"`
	Policy      []record.PolicyRule `json:"policy" doc:"Which functions need a checker of the member, and from which amount"`
}

func (s *Server) viewer(r *reading, _ *struct{}) (*viewerView, error) {
	own, err := s.ownBank(r)
	if err != nil {
		return nil, err
	}
	policy, err := r.Policy(r.Member.ID)
	if err != nil {
		return nil, err
	}
	v := &viewerView{
		Member: r.Member, Credential: r.Credential, Person: r.Credential.Person, Validator: r.Validator,
		OwnNode: own == r.Member.ID, SeesAll: r.SeesAll(), Institution: r.Institution(), Policy: rulesOf(policy),
	}
	v.SponsorName, err = r.nameOf(r.Member.Sponsor)
	return v, err
}

// nameOf is the registered name of a member, empty when there is none.
func (r *reading) nameOf(member string) (string, error) {
	m, err := record.Find(r.State, record.MemberKey(member))
	if err != nil || m == nil {
		return "", err
	}
	return m.Name, nil
}

// rulesOf are the rules of a policy; none are an empty list.
func rulesOf(p *record.Policy) []record.PolicyRule { return append([]record.PolicyRule{}, p.Rules...) }

type policyView struct {
	Rules []record.PolicyRule `json:"rules"`
}

func (s *Server) memberPolicy(r *reading, in *memberInput) (*policyView, error) {
	p, err := r.Policy(in.ID)
	if err != nil {
		return nil, err
	}
	return &policyView{rulesOf(p)}, nil
}

type credentialsInput struct {
	ID string `path:"id" maxLength:"18" doc:"Social credit code of the member"`
	Cut
}

// credentials lists a member's credentials in order of key id: the member's records mark
// which they are.
func (s *Server) credentials(r *reading, in *credentialsInput) (view.Page[record.Credential], error) {
	if err := r.Credentials(in.ID); err != nil {
		return view.Page[record.Credential]{}, err
	}
	prefix := record.MemberCredentialsPrefix(in.ID)
	marks := report.Stream[record.Credential](func(after string, visit func(string, *record.Credential) (bool, error)) error {
		start := prefix
		if after != "" {
			start += after + "\x00"
		}
		return r.State.Scan(start, record.PrefixEnd(prefix), func(key string, _ []byte) (bool, error) {
			text := key[len(prefix):]
			id, err := record.ParseDigest(text)
			if err != nil {
				return false, fmt.Errorf("read %s: %w", key, err)
			}
			c, err := record.Find(r.State, record.CredentialKey(id))
			if err == nil && c == nil {
				err = fmt.Errorf("%s marks a credential that does not exist", key)
			}
			if err != nil {
				return false, err
			}
			return visit(text, c)
		})
	})
	return marks.Page(in.view())
}

func (s *Server) viewerRoutes() {
	tags := []string{"members"}
	read(s, huma.Operation{
		OperationID: "getViewer", Path: "/v1/viewer", Tags: tags,
		Summary:     "Who you are",
		Description: "The credential with which you log in, its member, what they may do, and which functions need a checker.",
	}, s.viewer)
	read(s, huma.Operation{
		OperationID: "listCredentials", Path: "/v1/members/{id}/credentials", Tags: tags,
		Summary: "A member's credentials, those that were revoked too", Description: "For the member and its sponsor.",
	}, s.credentials)
	read(s, huma.Operation{
		OperationID: "getMemberPolicy", Path: "/v1/members/{id}/policy", Tags: tags,
		Summary: "Which functions of a member need a checker, and from which amount", Description: "For the member. Without rules none does.",
	}, s.memberPolicy)
}
