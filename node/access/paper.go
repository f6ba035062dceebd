package access

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// Statement says whose statements and vouchers are drawn up: the viewer's own, and any
// to those who see all.
func (r *Reader) Statement(member string) (string, error) {
	own, err := r.own(member)
	if err == nil && own == "" {
		own = r.Member.ID
	}
	return own, err
}

// HoldingPaper reads a holding to be printed: for its owner, the debtor, whoever a lock
// on it names, and those who see all.
func (r *Reader) HoldingPaper(number string, id uint32) (*record.Certificate, *record.Holding, error) {
	c, holdings, err := r.Certificate(number)
	if err != nil {
		return nil, nil, err
	}
	for i := range holdings {
		h := &holdings[i]
		if h.ID != id {
			continue
		}
		if r.SeesAll() || r.is(c.Debtor) || r.touches(holdings[i:i+1]) {
			return c, h, nil
		}
		break
	}
	return nil, nil, r.absent("holding", fmt.Sprint(number, "-", id))
}

// trail is the signed transactions that changed anything of a certificate up to one of
// them, each bound to those before it, and whether the certificate was accepted by then.
//
// One transaction may issue five hundred certificates, and all of their holders know its
// id; but a certificate's acceptance is its first holder's own. So nobody knows a trail
// who does not see the certificate.
type trail struct {
	sum      record.Digest
	accepted bool
}

// add takes the next transaction in the certificate's history.
func (t *trail) add(o *record.Outcome, number string) {
	t.sum = sha256.Sum256(slices.Concat(t.sum[:], o.TxID[:]))
	for i := range o.Effects.Certificates {
		if row := &o.Effects.Certificates[i]; row.Number == number && row.State == record.Active {
			t.accepted = true
		}
	}
}

// mark is what a paper of the certificate, or of one holding of it, carries: nobody can
// guess its 256 bits without the paper, and it opens nothing else.
func (t *trail) mark(number string, holding uint32) record.Digest {
	return sha256.Sum256(fmt.Appendf(nil, "tierledger paper\x00%s\x00%s\x00%d", t.sum, number, holding))
}

// Printed is what a signed transaction recorded of a certificate, or of one holding of
// it.
type Printed struct {
	Certificate string
	Holding     uint32 // 0: the certificate itself
	Debtor      string
	DebtorName  string
	Holder      string // of the certificate: the first
	HolderName  string
	Interval    interval.Interval
	Amount      money.Fen
	Redeemed    money.Fen
	Issued      calendar.Date
	Payment     calendar.Date
	State       record.CertificateState
	Locks       []record.LockKind // on fen of the holding, each kind once
	Recorded    calendar.Instant
	Current     bool // nothing signed has changed it since
}

// Change is the last signed transaction that reported a certificate or one holding of it.
type Change struct {
	TxID record.Digest
	Mark record.Digest // of a paper of what it made of the certificate or holding
}

// LatestChange finds the last change of a certificate, or of one holding of it (0: any of
// it). What time alone did has no id that is a secret, and is passed over. It reads the
// certificate's history. CERTIFICATE_STATE when there are no papers yet: before the first
// holder has accepted it, and of a holding that time alone has made.
func LatestChange(m Moment, number string, holding uint32) (Change, error) {
	var latest Change
	var t trail
	err := eachChange(m, number, func(o *record.Outcome) {
		if t.add(o, number); reports(o, number, holding) {
			latest = Change{o.TxID, t.mark(number, holding)}
		}
	})
	switch {
	case err != nil:
		return Change{}, err
	case !t.accepted:
		return Change{}, code.CertificateState.New("there are papers of it once its first holder has accepted it")
	case latest.TxID.IsZero():
		return Change{}, code.CertificateState.New("time alone made holding %d; there are papers of it once somebody has signed for it", holding)
	default:
		return latest, nil
	}
}

// Verify tells anyone who has a paper, and so its mark, what the ledger says of it. It
// reads the certificate's history. Anything that does not
// fit together is refused with the same NOT_FOUND, without a detail.
func Verify(m Moment, mark record.Digest, number string, holding uint32) (*Printed, error) {
	none := code.NotFound.New("")
	if !segment(number) {
		return nil, none
	}
	c, err := record.Find(m.State, record.CertificateKey(number))
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, none
	}
	p := &Printed{
		Certificate: number, Holding: holding, Debtor: c.Debtor, Holder: c.FirstHolder, Interval: interval.Whole(c.Face), Amount: c.Face,
		Issued: c.IssueDate, Payment: c.Payment,
	}
	found := false
	var t trail
	err = eachChange(m, number, func(o *record.Outcome) {
		t.add(o, number)
		if found && reports(o, number, holding) {
			p.Current = false
		}
		if found {
			return
		}
		for _, row := range o.Effects.Certificates {
			if row.Number == number {
				p.State, p.Redeemed = row.State, row.Redeemed
			}
		}
		if t.accepted && reports(o, number, holding) && t.mark(number, holding) == mark {
			found, p.Current, p.Recorded = true, true, o.Time
			p.take(o)
		}
	})
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, none
	}
	if p.Current { // what time alone has done since is shown as it is
		if err := p.refresh(m.State, c); err != nil {
			return nil, err
		}
	}
	return p, p.name(m.State)
}

// take takes what an outcome reported of the holding.
func (p *Printed) take(o *record.Outcome) {
	for _, row := range o.Effects.Holdings {
		if p.Holding == 0 || row.Certificate != p.Certificate || row.ID != p.Holding {
			continue
		}
		p.Holder, p.Interval, p.Amount, p.Payment, p.State = row.Owner, row.Interval, row.Interval.Amount(), row.Payment, row.State
		p.Redeemed, p.Locks = 0, nil
		if row.Redeemed {
			p.Redeemed = p.Amount
		}
		for k := record.LockProposal; k.String() != ""; k++ {
			if row.Locks&(1<<k) != 0 {
				p.Locks = append(p.Locks, k)
			}
		}
	}
}

// refresh takes what the state says now.
func (p *Printed) refresh(s State, c *record.Certificate) error {
	p.State = c.State
	if p.Holding == 0 {
		p.Redeemed = c.Redeemed
		return nil
	}
	h, err := record.Find(s, record.HoldingKey(p.Certificate, p.Holding))
	if err != nil {
		return err
	}
	if h == nil {
		p.Current = false
		return nil
	}
	p.Redeemed, p.Locks = 0, nil
	if h.Redeemed != 0 {
		p.Redeemed = h.Amount()
	}
	known := map[record.LockKind]bool{}
	for _, l := range h.Locks {
		if !known[l.Kind] {
			known[l.Kind] = true
			p.Locks = append(p.Locks, l.Kind)
		}
	}
	return nil
}

func (p *Printed) name(s State) error {
	for id, name := range map[string]*string{p.Debtor: &p.DebtorName, p.Holder: &p.HolderName} {
		m, err := record.Find(s, record.MemberKey(id))
		if err != nil {
			return err
		}
		if m != nil {
			*name = m.Name
		}
	}
	return nil
}

// reports reports whether an outcome has a row of a certificate's holding; 0 stands for
// the certificate and all of its holdings.
func reports(o *record.Outcome, number string, holding uint32) bool {
	for i := range o.Effects.Holdings {
		row := &o.Effects.Holdings[i]
		if row.Certificate == number && (holding == 0 || row.ID == holding && !row.Gone) {
			return true
		}
	}
	if holding != 0 {
		return false
	}
	for i := range o.Effects.Certificates {
		if o.Effects.Certificates[i].Number == number {
			return true
		}
	}
	return false
}

// eachChange visits the signed transactions that changed anything of a certificate, oldest
// first.
func eachChange(m Moment, number string, visit func(*record.Outcome)) error {
	for cut := (view.Cut{Limit: view.MaxPage}); ; {
		page, err := view.History(m.View, number, cut)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if o := &page.Items[i]; o.Index != record.SweepIndex && !o.TxID.IsZero() && reports(o, number, 0) {
				visit(o)
			}
		}
		if cut.Cursor = page.Next; cut.Cursor == "" {
			return nil
		}
	}
}
