package api

import (
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/access"
)

type stopsInput struct {
	Debtor string `query:"debtor" maxLength:"18" doc:"Social credit code of the debtor; you when left out, all debtors for institutions"`
	Bank   string `query:"bank" maxLength:"18" doc:"Only what this bank attested"`
	All    bool   `query:"all" doc:"Also attestations that were lifted"`
	Cut
}

func (s *Server) stops(r *reading, in *stopsInput) (view.Page[record.Stop], error) {
	debtor, err := r.Stops(in.Debtor)
	if err != nil {
		return view.Page[record.Stop]{}, err
	}
	const segments = 3 // stop/<debtor>/<bank>
	return pageOfState(r.State, record.StopsPrefix(debtor), segments, in.Cut, func(v *record.Stop) bool {
		return (in.All || v.Lifted == 0) && (in.Bank == "" || v.Bank == in.Bank)
	})
}

// review is a bank's word for a long term, with the number for which it is given.
type review struct {
	Certificate string `json:"certificate" doc:"Number under which a certificate may be issued on these terms, on the day that the number names"`
	Issued      bool   `json:"issued" doc:"A certificate has this number"`
	record.Review
}

type reviewsInput struct {
	Debtor string `query:"debtor" maxLength:"18" doc:"Social credit code of the debtor; you when left out, all debtors for banks"`
	Bank   string `query:"bank" maxLength:"18" doc:"Only what this bank signed; a bank gets its own"`
	All    bool   `query:"all" doc:"Also reviews of certificates that are issued, and of numbers whose day is over"`
	Cut
}

// reviews lists reviews in order of number. A review lies with the certificate of its
// number, and there are few of them: it goes from number to number, past what belongs to
// each, and past the days that are over unless all are wanted. So the reviews that can
// still be used are found by looking at each debtor and what it issued today.
func (s *Server) reviews(r *reading, in *reviewsInput) (view.Page[review], error) {
	page := view.Page[review]{Items: []review{}}
	debtor, bank, err := r.Reviews(in.Debtor, in.Bank)
	if err != nil {
		return page, err
	}
	prefix, today := record.CertificatesPrefix(debtor), r.Now.Date().Compact()
	at, err := in.start(prefix)
	if err != nil {
		return page, err
	}
	for scanned := 0; ; scanned++ {
		key, err := firstKey(r.State, at, record.PrefixEnd(prefix))
		if err != nil || key == "" {
			return page, err
		}
		if len(page.Items) == in.Limit || scanned == maxScanned {
			page.Next = cursorAfter(at) // no record has it as its key
			return page, nil
		}
		certificate, _, _ := strings.Cut(strings.TrimPrefix(key, record.CertificatesPrefix("")), "/")
		if from := record.CertificatesPrefix(certificate[:number.SocialCreditLength] + today); !in.All && key < from {
			at = from
			continue
		}
		at = record.CertificatesPrefix(certificate) + "0" // behind all that belongs to it: 0 follows the slash
		v, err := reviewOf(r.State, certificate)
		if err != nil {
			return page, err
		}
		if v != nil && (in.All || !v.Issued) && (debtor == "" || v.Debtor == debtor) && (bank == "" || v.Bank == bank) {
			page.Items = append(page.Items, *v)
		}
	}
}

// firstKey is the first key of state from start up to but not including end, empty when
// there is none.
func firstKey(s access.State, start, end string) (first string, err error) {
	err = s.Scan(start, end, func(key string, _ []byte) (bool, error) {
		first = key
		return false, nil
	})
	return first, err
}

// reviewOf is the review of a certificate's number, nil when there is none.
func reviewOf(s access.State, certificate string) (*review, error) {
	v, err := record.Find(s, record.ReviewKey(certificate))
	if err != nil || v == nil {
		return nil, err
	}
	c, err := record.Find(s, record.CertificateKey(certificate))
	if err != nil {
		return nil, fmt.Errorf("read what was issued as %s: %w", certificate, err)
	}
	return &review{Certificate: certificate, Issued: c != nil, Review: *v}, nil
}

// attestationRoutes are those of what banks attest about debtors.
func (s *Server) attestationRoutes() {
	read(s, huma.Operation{
		OperationID: "listStops", Path: "/v1/stops", Tags: []string{"rules"},
		Summary: "Attestations that stop debtors from issuing",
		Description: "Those in force about you; a bank sees those about every debtor. An overdue certificate stops its debtor without one. " +
			"In order of debtor and bank.",
	}, s.stops)
	read(s, huma.Operation{
		OperationID: "listReviews", Path: "/v1/reviews", Tags: []string{"certificates"},
		Summary: "Banks' reviews of terms above the ordinary cap",
		Description: "Those of your own certificates; a bank sees those that it signed. Only those under which a certificate can still be issued, " +
			"in order of number. A request for one is not on the ledger: the debtor hands number, face and maturity to a bank.",
	}, s.reviews)
}
