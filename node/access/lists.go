package access

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// Concerning says whose records may be listed: a member's own, and to those who see all
// everybody's (empty: all). Every record is then asked for by its id.
func (r *Reader) Concerning(member string) (string, error) { return r.own(member) }

// Contract reads a trade contract: for its buyer and its seller.
func (r *Reader) Contract(id string) (*record.TradeContract, error) {
	if !segment(id) {
		return nil, r.absent("contract", id)
	}
	return open(r, record.ContractKey(id), "contract", id, func(c *record.TradeContract) (bool, error) {
		return r.is(c.Buyer, c.Seller), nil
	})
}

// Delivery reads what a buyer accepted: for buyer and seller.
func (r *Reader) Delivery(id string) (*record.Delivery, error) {
	if !segment(id) {
		return nil, r.absent("delivery", id)
	}
	return open(r, record.DeliveryKey(id), "delivery", id, func(d *record.Delivery) (bool, error) {
		return r.is(d.Buyer, d.Seller), nil
	})
}

// Confirmation reads a request to confirm a debt: for both sides, and once it was not
// answered in time for the debtor's sponsor, which is told of it.
func (r *Reader) Confirmation(id string) (*record.Confirmation, error) {
	if !segment(id) {
		return nil, r.absent("confirmation", id)
	}
	return open(r, record.ConfirmationKey(id), "confirmation", id, func(c *record.Confirmation) (bool, error) {
		switch {
		case r.is(c.Creditor, c.Debtor):
			return true, nil
		case c.State == record.ConfirmationOpen:
			return false, nil
		default:
			return r.told(id)
		}
	})
}

// Pledge reads a pledge: for its two sides, and for the debtor of the fen, which pays
// the pledgee.
func (r *Reader) Pledge(id string) (*record.Pledge, error) {
	if !segment(id) {
		return nil, r.absent("pledge", id)
	}
	return open(r, record.PledgeKey(id), "pledge", id, func(p *record.Pledge) (bool, error) {
		if r.is(p.Pledgor, p.Pledgee) {
			return true, nil
		}
		return r.owes(p.Leg.Certificate)
	})
}

// owes reports whether the viewer is the debtor of a certificate.
func (r *Reader) owes(certificate string) (bool, error) {
	c, err := record.Find(r.State, record.CertificateKey(certificate))
	return c != nil && r.is(c.Debtor), err
}

// Order reads an order of a court or authority: for its target, its receiver, and the
// institutions that entered and confirmed it. A debtor of fen that it took is told of it
// and sees whom it concerns, its own certificates only, and no sums.
func (r *Reader) Order(id string) (*record.Order, error) {
	if !segment(id) {
		return nil, r.absent("order", id)
	}
	whole := true
	o, err := open(r, record.OrderKey(id), "order", id, func(o *record.Order) (bool, error) {
		if r.is(o.Target, o.Receiver, o.EnteredBy, o.ConfirmedBy) {
			return true, nil
		}
		whole = false
		return r.told(id)
	})
	if err != nil || whole {
		return o, err
	}
	own := []string{}
	for _, number := range o.Certificates {
		owed, err := r.owes(number)
		if err != nil {
			return nil, err
		}
		if owed {
			own = append(own, number)
		}
	}
	o.Certificates, o.Amount, o.Taken, o.Shortfall, o.Moved = own, 0, 0, 0, 0
	return o, nil
}

// told reports whether a notice on a subject named the viewer.
func (r *Reader) told(subject string) (bool, error) {
	cut := view.Cut{Limit: view.MaxPage}
	for {
		page, err := view.History(r.View, subject, cut)
		if err != nil {
			return false, err
		}
		for i := range page.Items {
			named := func(n record.NoticeOf) bool { return n.Subject == subject && r.is(n.Members...) }
			if slices.ContainsFunc(page.Items[i].Effects.Notices, named) {
				return true, nil
			}
		}
		if cut.Cursor = page.Next; cut.Cursor == "" {
			return false, nil
		}
	}
}

// Credentials decides on the list of a member's credentials: for the member, its
// sponsor, and those who see all.
func (r *Reader) Credentials(member string) error {
	if !segment(member) {
		return r.absent("member", member)
	}
	m, err := record.Find(r.State, record.MemberKey(member))
	switch {
	case err != nil:
		return err
	case m == nil:
		return r.absent("member", member)
	case r.SeesAll() || r.is(m.ID, m.Sponsor):
		return nil
	default:
		return hidden()
	}
}

// Policy reads which functions of a member need a checker: for the member and those who
// see all. A member that has not set a policy has one without rules.
func (r *Reader) Policy(member string) (*record.Policy, error) {
	if !segment(member) {
		return nil, r.absent("member", member)
	}
	m, err := record.Find(r.State, record.MemberKey(member))
	switch {
	case err != nil:
		return nil, err
	case m == nil:
		return nil, r.absent("member", member)
	case !r.SeesAll() && !r.is(member):
		return nil, hidden()
	}
	p, err := record.Find(r.State, record.PolicyKey(member))
	if err == nil && p == nil {
		p = &record.Policy{}
	}
	return p, err
}

// Stops says of which debtor the attestations may be listed that stop it from issuing: a
// member its own, an institution everybody's (empty: all). A stop binds every bank, and any
// bank may lift what a suspended one attested.
func (r *Reader) Stops(debtor string) (string, error) {
	if r.Institution() {
		return debtor, nil
	}
	return r.own(debtor)
}

// Reviews says whose reviews of long terms may be listed: a debtor those of its own
// certificates, a bank those that it signed, and those who see all everybody's (empty:
// all).
func (r *Reader) Reviews(debtor, bank string) (ofDebtor, byBank string, err error) {
	switch {
	case r.SeesAll() || r.is(debtor):
		return debtor, bank, nil
	case r.Member.Roles.Has(record.Funder) && (bank == "" || r.is(bank)):
		return debtor, r.Member.ID, nil
	case debtor == "":
		return r.Member.ID, bank, nil
	default:
		return "", "", hidden()
	}
}

// Totals says of whom sums are shown: of the viewer, and to those who see all of anybody
// or of the network (empty).
func (r *Reader) Totals(member string) (string, error) { return r.own(member) }

// Exposure says of which bank it is shown what debtors owe it and may owe it: to a bank
// its own, to those who see all any bank's, which they name.
func (r *Reader) Exposure(bank string) (string, error) {
	switch {
	case bank == "" && r.Member.Roles.Has(record.Funder):
		return r.Member.ID, nil
	case bank != "" && (r.SeesAll() || r.is(bank) && r.Member.Roles.Has(record.Funder)):
		return bank, nil
	case r.SeesAll():
		return "", code.BadRequest.New("no bank is named")
	default:
		return "", hidden()
	}
}
