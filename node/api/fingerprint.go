package api

import (
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// FingerprintScheme is the scheme that fingerprints are made by: HMAC-SHA256 over
// the normalised facts, as chaincode/evidence has it.
const FingerprintScheme uint8 = 1

// InvoiceFacts are what tells one tax invoice from every other, as
// chaincode/evidence has them.
type InvoiceFacts struct {
	Code   string        `json:"code" required:"false" maxLength:"64" doc:"发票代码, 10 or 12 digits; empty for a fully digital invoice"`
	Number string        `json:"number" maxLength:"64" doc:"发票号码, 8 digits, or 20 for a fully digital invoice"`
	Date   calendar.Date `json:"date"`
	Seller string        `json:"seller" maxLength:"64" doc:"Social credit code"`
	Buyer  string        `json:"buyer" maxLength:"64" doc:"Social credit code"`
	Amount money.Fen     `json:"amount" doc:"Tax-inclusive"`
}

// Fingerprint makes the keyed fingerprint of an invoice with the banks' key of an
// epoch. Facts that no invoice has are refused with a *code.Error, and so is an
// epoch whose key the node does not have (EVIDENCE_EPOCH).
type Fingerprint func(epoch uint32, facts InvoiceFacts) (record.Digest, error)

// quota counts fingerprints by member within one day of ledger time.
type quota struct {
	limit int

	mu   sync.Mutex
	day  calendar.Date
	used map[string]int
}

func newQuota(limit int) *quota { return &quota{limit: limit, used: map[string]int{}} }

// take uses n of the member's quota of the day, all or nothing.
func (q *quota) take(member string, day calendar.Date, n int) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if day > q.day {
		q.day, q.used = day, map[string]int{}
	}
	if q.used[member]+n > q.limit {
		return code.QuotaExceeded.New("%d of %d used today, %d asked for", q.used[member], q.limit, n)
	}
	q.used[member] += n
	return nil
}

type fingerprintsInput struct {
	Body struct {
		Facts []InvoiceFacts `json:"facts" minItems:"1" maxItems:"500"`
	}
}

// fingerprintView is one invoice's answer: its fingerprints, or why there are none.
type fingerprintView struct {
	Fingerprint record.Digest   `json:"fingerprint" doc:"Under the key of the present epoch"`
	Earlier     []record.Digest `json:"earlier,omitempty" doc:"Under the keys of the epochs before, the first one's first; none in the first epoch"`
	Refusal     *refusal        `json:"refusal,omitempty"`
}

type fingerprintsView struct {
	Scheme       uint8             `json:"scheme"`
	Epoch        uint32            `json:"epoch" doc:"The present one"`
	Fingerprints []fingerprintView `json:"fingerprints" doc:"In the order of the facts"`
}

func (s *Server) fingerprints(r *reading, in *fingerprintsInput) (*fingerprintsView, error) {
	if s.Fingerprint == nil {
		return nil, code.NotFound.New("this node has no fingerprint key")
	}
	for _, f := range in.Body.Facts {
		if err := r.Fingerprint(f.Seller, f.Buyer); err != nil {
			return nil, err
		}
	}
	if err := s.quota.take(r.Member.ID, r.Now.Date(), len(in.Body.Facts)); err != nil {
		return nil, err
	}
	out := &fingerprintsView{
		Scheme: FingerprintScheme, Epoch: r.settings.FingerprintEpoch,
		Fingerprints: make([]fingerprintView, len(in.Body.Facts)),
	}
	for i, f := range in.Body.Facts {
		made, err := s.allFingerprints(out.Epoch, f)
		if refused := code.Of(err); refused != nil {
			out.Fingerprints[i].Refusal = refusalOf(r.facts, refused)
			continue
		}
		if err != nil {
			return nil, err
		}
		out.Fingerprints[i] = made
	}
	return out, nil
}

// firstEpoch is the number of a network's first fingerprint key.
const firstEpoch = 1

// allFingerprints makes an invoice's fingerprints under the keys of all epochs up
// to the present one: the ledger asks for them so that an invoice registered under
// an old key is found.
func (s *Server) allFingerprints(present uint32, f InvoiceFacts) (v fingerprintView, err error) {
	for epoch := uint32(firstEpoch); epoch < present; epoch++ {
		made, err := s.Fingerprint(epoch, f)
		if err != nil {
			return fingerprintView{}, err
		}
		v.Earlier = append(v.Earlier, made)
	}
	if v.Fingerprint, err = s.Fingerprint(present, f); err != nil {
		return fingerprintView{}, err
	}
	return v, nil
}

func (s *Server) fingerprintRoutes() {
	read(s, huma.Operation{
		OperationID: "makeFingerprints", Method: http.MethodPost, Path: "/v1/evidence/fingerprints", Tags: []string{"evidence"},
		Errors:  []int{http.StatusNotFound},
		Summary: "Keyed fingerprints of invoices",
		Description: "Only at a bank's node that has the banks' shared key. For invoices of which you are buyer or seller, and for banks. " +
			"A member has a quota a day of ledger time, in invoices; it is counted in this node's memory. " +
			"After a change of the key an invoice has a fingerprint for each epoch: evidence:RecordInvoice takes the present one and, " +
			"as otherFingerprint, the last of the earlier ones; evidence:Verify takes all but the one it names. The node needs all keys.",
	}, s.fingerprints)
}
