package report

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// evidenceWatch follows trade backgrounds (EVIDENCE-REUSE).
type evidenceWatch struct {
	tries map[string][]string // members refused, by fingerprint
	used  map[string]*usage   // by contract or delivery that names an amount
}

// usage is how many fen of a contract or a delivery are used.
type usage struct {
	amount money.Fen // 0: a framework contract, of which any amount can be used
	fen    money.Fen
	raised bool
}

func newEvidenceWatch() evidenceWatch {
	return evidenceWatch{tries: map[string][]string{}, used: map[string]*usage{}}
}

// tried follows attempts that were refused for an invoice: of a whole transaction, and
// of items of a batch.
func (w *Watch) tried(o *record.Outcome) {
	w.refused(o, code.Code(o.Code), o.Detail)
	if !bytes.Contains(o.Result, []byte(`"EVIDENCE_`)) {
		return
	}
	var batch struct {
		Items []struct {
			Code   code.Code `json:"code"`
			Detail string    `json:"detail"`
		} `json:"items"`
	}
	if json.Unmarshal(o.Result, &batch) != nil {
		return // the result of a function that is no batch
	}
	for _, item := range batch.Items {
		w.refused(o, item.Code, item.Detail)
	}
}

func (w *Watch) refused(o *record.Outcome, c code.Code, detail string) {
	if c != code.EvidenceDuplicate && c != code.EvidenceInsufficient {
		return
	}
	invoice, ok := invoiceIn(detail)
	if !ok || o.Member == "" {
		return
	}
	members := each(append(w.evidence.tries[invoice], o.Member))
	if len(members) == len(w.evidence.tries[invoice]) {
		return
	}
	w.evidence.tries[invoice] = members
	if len(members) == w.limits.EvidenceTries {
		w.raise(newAlert(RuleEvidenceReuse, invoice, o.Time, members, nil,
			"cause", "refused", "members", strconv.Itoa(len(members)), "code", c.String()))
	}
}

// invoiceIn finds the fingerprint that a refusal's detail names: "invoice " and 64
// digits.
func invoiceIn(detail string) (string, bool) {
	const digits = 2 * len(record.Digest{})
	_, rest, ok := strings.Cut(detail, "invoice ")
	if !ok || len(rest) < digits {
		return "", false
	}
	_, err := record.ParseDigest(rest[:digits])
	return rest[:digits], err == nil
}

// redLetter raises an invoice that was cancelled though it was used.
func (w *Watch) redLetter(src *Source, o *record.Outcome, n *record.NoticeOf) error {
	if n.Amount <= 0 {
		return nil
	}
	id, err := record.ParseDigest(n.Subject)
	if err != nil {
		return err
	}
	invoice, err := record.Find(src.State, record.InvoiceKey(id))
	if err != nil || invoice == nil {
		return err
	}
	w.raise(newAlert(RuleEvidenceReuse, n.Subject, o.Time, []string{invoice.Buyer, invoice.Seller}, nil,
		"cause", "red-letter", "uncovered", n.Amount.String(), "at", o.Time.String()))
	return nil
}

// allocations are what a certificate, or a transfer, was covered with.
func (s *Source) allocations(subject string, transfer bool) ([]record.Allocation, error) {
	if transfer {
		t, err := record.Find(s.State, record.TransferKey(subject))
		if err != nil || t == nil {
			return nil, err
		}
		return t.Allocations, nil
	}
	c, err := record.Find(s.State, record.CertificateKey(subject))
	if err != nil || c == nil {
		return nil, err
	}
	return c.Allocations, nil
}

// covered follows a certificate or transfer that uses invoices, and raises a contract
// or delivery of which more is used than it is about.
func (w *Watch) covered(src *Source, o *record.Outcome, subject string, transfer bool) error {
	return w.use(src, subject, transfer, func(kind, id string, u *usage, invoice *record.Invoice, amount money.Fen) {
		u.fen = saturate(u.fen, amount)
		if u.raised || u.fen <= u.amount {
			return
		}
		u.raised = true
		w.raise(newAlert(RuleEvidenceReuse, id, o.Time, []string{invoice.Buyer, invoice.Seller}, nil,
			"cause", kind, "amount", u.amount.String(), "used", u.fen.String()))
	})
}

// uncovered follows one that gave them back.
func (w *Watch) uncovered(src *Source, subject string, transfer bool) error {
	return w.use(src, subject, transfer, func(_, _ string, u *usage, _ *record.Invoice, amount money.Fen) { u.fen -= amount })
}

func (w *Watch) use(
	src *Source, subject string, transfer bool, visit func(kind, id string, u *usage, invoice *record.Invoice, amount money.Fen),
) error {
	list, err := src.allocations(subject, transfer)
	if err != nil {
		return err
	}
	for _, a := range list {
		invoice, err := record.Find(src.State, record.InvoiceKey(a.Invoice))
		if err != nil {
			return err
		}
		if invoice == nil {
			continue
		}
		for _, of := range []struct{ kind, id string }{{"contract", invoice.Contract}, {"delivery", invoice.Delivery}} {
			u, err := w.usageOf(src, of.kind, of.id)
			if err != nil {
				return err
			}
			if u.amount > 0 {
				visit(of.kind, of.id, u, invoice, a.Amount)
			}
		}
	}
	return nil
}

// usageOf is the usage of a contract or a delivery; of none it is that of a framework.
func (w *Watch) usageOf(src *Source, kind, id string) (*usage, error) {
	if u := w.evidence.used[kind+"/"+id]; u != nil {
		return u, nil
	}
	u := &usage{}
	switch {
	case id == "":
	case kind == "contract":
		c, err := record.Find(src.State, record.ContractKey(id))
		if err != nil {
			return nil, err
		}
		if c != nil {
			u.amount = c.Amount
		}
	default:
		d, err := record.Find(src.State, record.DeliveryKey(id))
		if err != nil {
			return nil, err
		}
		if d != nil {
			u.amount = d.Amount
		}
	}
	w.evidence.used[kind+"/"+id] = u
	return u, nil
}
