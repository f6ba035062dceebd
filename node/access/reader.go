package access

import (
	"fmt"
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// Reader reads one moment of the ledger for one viewer. Its methods answer with
// what the viewer may see; refusals are NOT_AUTHORISED, and NOT_FOUND only for
// those who see all.
type Reader struct {
	Moment
	Viewer
}

// open reads a record and decides on its content.
func open[T any](r *Reader, key record.Key[T], what, id string, may func(*T) (bool, error)) (*T, error) {
	v, err := record.Find(r.State, key)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, r.absent(what, id)
	}
	if r.SeesAll() {
		return v, nil
	}
	switch ok, err := may(v); {
	case err != nil:
		return nil, err
	case !ok:
		return nil, hidden()
	default:
		return v, nil
	}
}

// absent is the refusal for what does not exist.
func (r *Reader) absent(what, id string) error {
	if r.SeesAll() {
		return code.NotFound.New("%s %.80q", what, id)
	}
	return hidden()
}

// segment reports whether an identifier that a stranger chose is one segment of a
// state key: with a slash in it, it would name a record of another kind.
func segment(id string) bool { return id != "" && !strings.Contains(id, "/") }

// Certificate reads a certificate with its holdings, in order of id. Besides
// those who see all: the debtor, the first holder, the bank of the line, present
// and past holders of any of its fen, whoever a lock on it names (the receiver of an
// offer, a pledgee, the bank of a financing), the guarantor of any of its fen, and
// whoever is to decide on any of them: the banks that may quote for an open request,
// and the other side of a proposal. They judge the trade behind it first.
func (r *Reader) Certificate(number string) (*record.Certificate, []record.Holding, error) {
	if !segment(number) {
		return nil, nil, r.absent("certificate", number)
	}
	var holdings []record.Holding
	c, err := open(r, record.CertificateKey(number), "certificate", number, func(c *record.Certificate) (bool, error) {
		var err error
		if holdings, err = r.holdings(number); err != nil {
			return false, err
		}
		if r.is(c.Debtor, c.FirstHolder, c.Bank) || r.touches(holdings) {
			return true, nil
		}
		if ok, err := r.judges(holdings); ok || err != nil {
			return ok, err
		}
		return r.held(number)
	})
	if err != nil {
		return nil, nil, err
	}
	if holdings == nil {
		if holdings, err = r.holdings(number); err != nil {
			return nil, nil, err
		}
	}
	return c, holdings, nil
}

func (r *Reader) holdings(number string) ([]record.Holding, error) {
	list := []record.Holding{}
	err := record.Each(r.State, record.HoldingsPrefix(number), func(h *record.Holding) bool {
		list = append(list, *h)
		return true
	})
	return list, err
}

// touches reports whether the viewer owns a holding or is named by a lock on one.
func (r *Reader) touches(holdings []record.Holding) bool {
	for i := range holdings {
		if r.is(holdings[i].Owner) {
			return true
		}
		for _, l := range holdings[i].Locks {
			if r.is(l.Counterpart) {
				return true
			}
		}
	}
	return false
}

// held reports whether fen of the certificate ever came from or to the viewer.
func (r *Reader) held(number string) (bool, error) {
	cut := view.Cut{Limit: view.MaxPage}
	for {
		page, err := view.Lineage(r.View, number, 0, cut)
		if err != nil {
			return false, fmt.Errorf("read the lineage of %s: %w", number, err)
		}
		for i := range page.Items {
			if r.is(page.Items[i].From, page.Items[i].To) {
				return true, nil
			}
		}
		if page.Next == "" {
			return false, nil
		}
		cut.Cursor = page.Next
	}
}

// Certificates says which debtor's certificates may be listed: a debtor its own,
// those who see all everybody's (empty: all).
func (r *Reader) Certificates(debtor string) (string, error) {
	switch {
	case r.SeesAll():
		return debtor, nil
	case debtor == "":
		return r.Member.ID, nil
	case r.is(debtor):
		return debtor, nil
	default:
		return "", hidden()
	}
}

// Holdings narrows a filter to what the viewer may list: holdings it owns, those
// of which it is the debtor, and those of a certificate it may see. A filter that
// names none of these lists what the viewer owns.
func (r *Reader) Holdings(f view.HoldingFilter) (view.HoldingFilter, error) {
	if r.SeesAll() || r.is(f.Owner, f.Debtor) {
		return f, nil
	}
	if f.Certificate != "" {
		_, _, err := r.Certificate(f.Certificate)
		return f, err
	}
	if f.Owner != "" {
		return f, hidden()
	}
	f.Owner = r.Member.ID
	return f, nil
}

// Worklist says whose worklist is shown: the viewer's own, and any to those who
// see all.
func (r *Reader) Worklist(member string) (string, error) {
	if member == "" {
		return r.Member.ID, nil
	}
	if r.is(member) || r.SeesAll() {
		return member, nil
	}
	return "", hidden()
}

// FindMember reads a member. Any member may look up another by its exact code: it must
// know whether a supplier is on the network before it can pay it.
func (r *Reader) FindMember(id string) (*record.Member, error) {
	none := code.NotFound.New("member %.80q", id)
	if !segment(id) {
		return nil, none
	}
	m, err := record.Find(r.State, record.MemberKey(id))
	if err == nil && m == nil {
		err = none
	}
	return m, err
}

// Members decides on the list of all members: for institutions only.
func (r *Reader) Members() error {
	if r.Institution() {
		return nil
	}
	return hidden()
}

// FindCredential reads a credential: for its own member, that member's sponsor,
// and those who see all.
func (r *Reader) FindCredential(id record.Digest) (*record.Credential, error) {
	return open(r, record.CredentialKey(id), "credential", id.String(), func(c *record.Credential) (bool, error) {
		if r.is(c.Member) {
			return true, nil
		}
		return r.sponsors(c.Member)
	})
}

func (r *Reader) sponsors(member string) (bool, error) {
	m, err := record.Find(r.State, record.MemberKey(member))
	return m != nil && r.is(m.Sponsor), err
}

// Line reports whether the viewer may see a credit line: its bank and its debtor.
func (r *Reader) Line(l *record.Line) bool { return r.SeesAll() || r.is(l.Bank, l.Debtor) }

// Invoice reads an invoice: for buyer, seller and whoever recorded or attested it.
func (r *Reader) Invoice(fingerprint record.Digest) (*record.Invoice, error) {
	return open(r, record.InvoiceKey(fingerprint), "invoice", fingerprint.String(), func(i *record.Invoice) (bool, error) {
		return r.is(i.Buyer, i.Seller, i.RecordedBy, i.Verified.Bank), nil
	})
}

// Fingerprint reports whether the viewer may ask for the fingerprint of an invoice
// between these two: either of them, and a bank.
func (r *Reader) Fingerprint(seller, buyer string) error {
	if r.Institution() || r.is(seller, buyer) {
		return nil
	}
	return hidden()
}

// Proposal reads a proposal: for its member, its counterparty, whoever approved
// it, and whoever may have to: the sponsor where admins decide, every institution
// where an institution or the banks do.
func (r *Reader) Proposal(id string) (*record.Proposal, error) {
	if !segment(id) {
		return nil, r.absent("proposal", id)
	}
	return open(r, record.ProposalKey(id), "proposal", id, func(p *record.Proposal) (bool, error) {
		if r.is(p.Member, p.Counterparty) {
			return true, nil
		}
		for _, a := range p.Approvals {
			if r.is(a.Member) {
				return true, nil
			}
		}
		switch p.Quorum {
		case record.QuorumAdmins:
			return r.sponsors(p.Member)
		case record.QuorumInstitution, record.QuorumBanks:
			return r.Institution(), nil
		default:
			return false, nil
		}
	})
}

// Transfer reads a transfer: for its two sides.
func (r *Reader) Transfer(id string) (*record.Transfer, error) {
	if !segment(id) {
		return nil, r.absent("transfer", id)
	}
	return open(r, record.TransferKey(id), "transfer", id, func(t *record.Transfer) (bool, error) {
		return r.is(t.From, t.To), nil
	})
}

// Reference finds which certificate a debtor's payment reference issued: for the
// debtor.
func (r *Reader) Reference(debtor, reference string) (*record.Reference, error) {
	if !segment(debtor) {
		return nil, r.absent("reference", reference)
	}
	return open(r, record.ReferenceKey(debtor, reference), "reference", reference, func(*record.Reference) (bool, error) {
		return r.is(debtor), nil
	})
}
