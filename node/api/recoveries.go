package api

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/enrol"
)

// How long after the argument was read the approval may come: the key's validity
// begins that much later than the cooling-off time asks for.
const (
	checkerTime = 24 * time.Hour
	banksTime   = 72 * time.Hour
)

type pleaInput struct {
	Body struct {
		Member string `json:"member" maxLength:"18" doc:"Social credit code"`
		PersonKey
		Reason    string          `json:"reason" minLength:"1" maxLength:"400"`
		Contact   string          `json:"contact" minLength:"1" maxLength:"200" doc:"Whom the bank calls, and where; it stays at this node"`
		Request   record.Digest   `json:"request" doc:"SHA-256 of the legal representative's signed request, which you send to the bank"`
		Documents []record.Digest `json:"documents,omitempty" maxItems:"20" doc:"SHA-256 of further documents that you send to the bank"`
	}
}

// pleaded is what who asked keeps of a request.
type pleaded struct {
	Reference string      `json:"reference" doc:"Keep it: with it you see what became of the request"`
	Pairing   string      `json:"pairing" doc:"8 digits over the key: make them from your own key, and tell them to the bank when it calls"`
	State     enrol.State `json:"state" enum:"waiting,recovered,refused,expired"`
	Reason    string      `json:"reason,omitempty" doc:"Why it was refused"`
}

func viewPleaded(r *reading, v *enrol.Recovery) (*pleaded, error) {
	state, err := v.State(r.registered(), r.Now)
	p := &pleaded{Reference: v.Reference, Pairing: v.Pairing, State: state}
	if state == enrol.Refused {
		p.Reason = v.Refusal.Reason
	}
	return p, err
}

func (s *Server) plead(r *reading, in *pleaInput) (*pleaded, error) {
	b := &in.Body
	v, err := s.Joining.Plead(enrol.Plea{
		Member: b.Member, Person: enrol.Person(b.PersonKey), Reason: b.Reason, Contact: b.Contact, Request: b.Request, Documents: b.Documents,
	}, r.registered(), r.Now)
	if err != nil {
		return nil, err
	}
	return viewPleaded(r, v)
}

type pleadedInput struct {
	Reference string `path:"reference" maxLength:"64"`
}

func (s *Server) pleaded(r *reading, in *pleadedInput) (*pleaded, error) {
	v, err := s.Joining.Recovery(in.Reference)
	if err != nil {
		return nil, err
	}
	return viewPleaded(r, v)
}

// RecoveryRow is a request to recover a key in the bank's list.
type RecoveryRow struct {
	Reference string           `json:"reference"`
	Member    *partner         `json:"member" doc:"Without a name when it is not on the ledger"`
	Known     bool             `json:"known" doc:"The member is on the ledger"`
	Sponsored bool             `json:"sponsored" doc:"The bank is its sponsor"`
	Person    string           `json:"person"`
	Reason    string           `json:"reason"`
	At        calendar.Instant `json:"at"`
	State     enrol.State      `json:"state" enum:"waiting,recovered,refused,expired"`
}

// recoveryView is a request with what the bank's people propose.
type recoveryView struct {
	RecoveryRow
	Contact   string                  `json:"contact"`
	Request   record.Digest           `json:"request" doc:"SHA-256 of the request that the legal representative signed"`
	Documents []record.Digest         `json:"documents"`
	Pairing   string                  `json:"pairing" doc:"8 digits over the key, to be compared by telephone before signing"`
	Key       record.Digest           `json:"key"`
	Function  string                  `json:"function,omitempty" doc:"What a maker of the bank proposes: member:Recover as the sponsor, else member:RecoverAdmin, which the banks approve"`
	Argument  *member.RecoverArgument `json:"argument,omitempty" doc:"Exactly what is proposed, for an approval soon: the key's validity begins after the cooling-off time"`
	ApproveBy calendar.Instant        `json:"approveBy" doc:"An approval later than this comes too late for the argument; read it again then"`
	Refusal   *enrol.Refusal          `json:"refusal,omitempty"`
}

func (s *Server) rowOfRecovery(r *reading, v *enrol.Recovery) (row RecoveryRow, err error) {
	row = RecoveryRow{
		Reference: v.Reference, Member: &partner{ID: v.Plea.Member}, Person: v.Plea.Person.Person, Reason: v.Plea.Reason, At: v.At,
	}
	if row.State, err = v.State(r.registered(), r.Now); err != nil {
		return row, err
	}
	m, err := record.Find(r.State, record.MemberKey(v.Plea.Member))
	if err != nil || m == nil {
		return row, err
	}
	row.Known, row.Member.Name, row.Sponsored = true, m.Name, m.Sponsor == r.Member.ID
	return row, nil
}

func (s *Server) viewRecovery(r *reading, v *enrol.Recovery) (*recoveryView, error) {
	row, err := s.rowOfRecovery(r, v)
	if err != nil {
		return nil, err
	}
	out := &recoveryView{
		RecoveryRow: row, Contact: v.Plea.Contact, Request: v.Plea.Request, Documents: []record.Digest{}, Pairing: v.Pairing, Key: v.Key, Refusal: v.Refusal,
	}
	out.Documents = append(out.Documents, v.Plea.Documents...)
	if !row.Known || row.State != enrol.Waiting {
		return out, nil
	}
	pack, err := s.pack(r, &packInput{})
	if err != nil {
		return nil, err
	}
	late := banksTime
	if out.Function = "member:RecoverAdmin"; row.Sponsored {
		out.Function, late = "member:Recover", checkerTime
	}
	out.ApproveBy = r.Now.Add(late)
	argument := v.Argument(out.ApproveBy.Add(time.Duration(pack.CoolingOffHours) * time.Hour))
	out.Argument = &argument
	return out, nil
}

type recoveriesInput struct {
	StateFilter
	Cut
}

func (s *Server) recoveries(r *reading, in *recoveriesInput) (view.Page[RecoveryRow], error) {
	page := view.Page[RecoveryRow]{Items: []RecoveryRow{}}
	if _, err := s.ofTheBank(r, 0); err != nil {
		return page, err
	}
	list, more, err := s.Joining.Recoveries(r.registered(), r.Now, in.Cursor, in.Limit, in.states()...)
	if err != nil {
		return page, err
	}
	for i := range list {
		row, err := s.rowOfRecovery(r, &list[i])
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, row)
	}
	if more {
		page.Next = list[len(list)-1].Reference
	}
	return page, nil
}

func (s *Server) recovery(r *reading, in *referenceOfRequest) (*recoveryView, error) {
	if _, err := s.ofTheBank(r, 0); err != nil {
		return nil, err
	}
	v, err := s.Joining.Recovery(in.ID)
	if err != nil {
		return nil, err
	}
	return s.viewRecovery(r, v)
}

func (s *Server) refuseRecovery(r *reading, in *refusalInput) (*recoveryView, error) {
	if err := s.officer(r); err != nil {
		return nil, err
	}
	v, err := s.Joining.RefuseRecovery(in.ID, r.registered(), in.refusal(r))
	if err != nil {
		return nil, err
	}
	return s.viewRecovery(r, v)
}

func (s *Server) recoveryRoutes() {
	if s.Joining == nil {
		return
	}
	tags := []string{"joining"}
	const own = "For people of the bank that runs this node."
	open(s, huma.Operation{
		OperationID: "askRecovery", Method: http.MethodPost, Path: "/v1/recoveries", Tags: tags,
		Summary: "Ask for a new admin's key after the old ones were lost",
		Description: "With the new public key and its proof of possession. Other people's keys are registered by the member's own admin. " +
			"Everybody is answered alike, whether the member is on the network or not. The same body again gets the same answer.",
	}, true, s.plead)
	open(s, huma.Operation{
		OperationID: "getOwnRecovery", Path: "/v1/recoveries/by-reference/{reference}", Tags: tags,
		Summary: "What became of your request", Description: "recovered: the key is on the ledger; it signs after the cooling-off time.",
	}, false, s.pleaded)
	read(s, huma.Operation{
		OperationID: "listRecoveries", Path: "/v1/recoveries", Tags: tags,
		Summary: "Requests to recover a key, the latest first", Description: own,
	}, s.recoveries)
	read(s, huma.Operation{
		OperationID: "getRecovery", Path: "/v1/recoveries/{id}", Tags: tags,
		Summary:     "A request to recover a key with what the bank proposes",
		Description: own + " A maker proposes the function with exactly this argument after the pairing code was compared; others approve.",
	}, s.recovery)
	read(s, huma.Operation{
		OperationID: "refuseRecovery", Method: http.MethodPost, Path: "/v1/recoveries/{id}/refusal", Tags: tags,
		Summary: "Refuse a request to recover a key", Description: own + " A maker or a reviewer; who asked is shown the reason.",
	}, s.refuseRecovery)
}
