package audit

import (
	"crypto/sha256"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
)

// state reads every record once, in order of key: a certificate comes right
// before its holdings.
func (c *check) state() error {
	err := c.source.Scan(store.State, nil, nil, func(k, value []byte) (bool, error) {
		if err := c.tick(); err != nil {
			return false, err
		}
		c.report.Records++
		key := string(k)
		c.leaves.add(key, value)
		c.one(key, value)
		return true, nil
	})
	c.endCertificate()
	return err
}

// one dispatches a record by its key: what makes up a certificate and its claims,
// and everything else.
func (c *check) one(key string, value []byte) {
	kind := record.KindOf(key)
	if kind != "certificate" {
		c.endCertificate()
	}
	switch kind {
	case "certificate":
		c.certificateKey(key, value)
	case "proposal":
		own(c, key, value, func(p *record.Proposal) record.Key[record.Proposal] { return record.ProposalKey(p.ID) }, c.proposal)
	case "transfer":
		own(c, key, value, func(t *record.Transfer) record.Key[record.Transfer] { return record.TransferKey(t.ID) }, c.transfer)
	case "pledge":
		own(c, key, value, func(p *record.Pledge) record.Key[record.Pledge] { return record.PledgeKey(p.ID) }, c.pledge)
	case "order":
		own(c, key, value, func(o *record.Order) record.Key[record.Order] { return record.OrderKey(o.ID) }, c.order)
	case "confirmation":
		own(c, key, value, func(v *record.Confirmation) record.Key[record.Confirmation] { return record.ConfirmationKey(v.ID) }, c.confirmation)
	case "line":
		own(c, key, value, func(l *record.Line) record.Key[record.Line] { return record.LineKey(l.Bank, l.ID) }, c.line)
	case "group":
		own(c, key, value, func(g *record.Group) record.Key[record.Group] { return record.GroupKey(g.Bank, g.ID) }, c.group)
	case "slot":
		read(c, key, value, func(s *record.Slot) { c.links.have[key] = s.Line })
	case "invoice":
		own(c, key, value, func(v *record.Invoice) record.Key[record.Invoice] { return record.InvoiceKey(v.Fingerprint) }, c.invoice)
	case "contract":
		own(c, key, value, func(v *record.TradeContract) record.Key[record.TradeContract] { return record.ContractKey(v.ID) }, nil)
	case "delivery":
		own(c, key, value, func(v *record.Delivery) record.Key[record.Delivery] { return record.DeliveryKey(v.ID) }, nil)
	case "reference":
		read(c, key, value, func(r *record.Reference) { c.sums.references[key] = r.Certificate })
	case "due":
		own(c, key, value, func(d *record.Due) record.Key[record.Due] { return record.DueKey(d.At, d.Kind, d.ID) }, func(d *record.Due) { c.due(d, key) })
	default:
		c.moneyKey(kind, key, value)
	}
}

// moneyKey dispatches the records of financings and settlements.
func (c *check) moneyKey(kind, key string, value []byte) {
	switch kind {
	case "financing":
		own(c, key, value, func(f *record.Financing) record.Key[record.Financing] { return record.FinancingKey(f.ID) }, c.financing)
	case "quote":
		own(c, key, value, func(q *record.Quote) record.Key[record.Quote] { return record.QuoteKey(q.Financing, q.Bank) }, c.quote)
	case "rate":
		own(c, key, value, func(p *record.PostedRate) record.Key[record.PostedRate] { return record.RateKey(p.Bank, p.ID) }, c.rate)
	case "discount":
		own(c, key, value, func(o *record.DiscountOffer) record.Key[record.DiscountOffer] {
			return record.DiscountKey(o.Debtor, o.ID)
		}, c.discount)
	case "limit":
		own(c, key, value, func(l *record.Limit) record.Key[record.Limit] { return record.LimitKey(l.Bank, l.Of, l.Member) }, c.limit)
	case "settlement":
		own(c, key, value, func(s *record.Settlement) record.Key[record.Settlement] { return record.SettlementKey(s.ID) }, c.settlement)
	case "advice":
		own(c, key, value, func(a *record.Advice) record.Key[record.Advice] { return record.AdviceKey(a.Bank, a.Reference) }, c.advice)
	case "registration":
		own(c, key, value, func(r *record.Registration) record.Key[record.Registration] {
			return record.RegistrationKey(r.Financing, r.Sequence)
		}, c.registration)
	default:
		c.runKey(kind, key, value)
	}
}

// networkKey dispatches the records of members and of the network itself.
func (c *check) networkKey(kind, key string, value []byte) {
	switch kind {
	case "member":
		c.memberKey(key, value)
	case "credential":
		own(c, key, value, func(v *record.Credential) record.Key[record.Credential] { return record.CredentialKey(v.ID) }, c.credential)
	case "maker":
		read(c, key, value, func(*record.Marker) { c.links.have[key] = "" })
	case "validator":
		own(c, key, value, func(v *record.Validator) record.Key[record.Validator] { return record.ValidatorKey(v.Bank) }, func(v *record.Validator) {
			c.links.validators = append(c.links.validators, *v)
			c.links.name(key, v.Bank)
		})
	case "pack":
		own(c, key, value, func(p *record.Pack) record.Key[record.Pack] { return record.PackKey(p.Ordinal) }, func(p *record.Pack) {
			c.runs.packs = append(c.runs.packs, *p)
		})
	case "stop":
		read(c, key, value, func(s *record.Stop) { c.links.name(key, s.Debtor, s.Bank) })
	case "settings":
		read(c, key, value, func(s *record.Settings) { c.offset = calendar.Instant(s.OffsetMillis) })
	case "replay":
		if len(value) != sha256.Size {
			c.report.found(Encoding, key, "a digest of %d bytes", len(value))
		}
	default:
		c.report.found(Encoding, key, "no record has such a key")
	}
}

// own is read for a record that knows its own key.
func own[T any](c *check, key string, value []byte, keyOf func(*T) record.Key[T], then func(*T)) {
	read(c, key, value, func(v *T) {
		if k := keyOf(v); string(k) != key {
			c.report.found(Encoding, key, "the record is that of %s", k)
		}
		if then != nil {
			then(v)
		}
	})
}

// read decodes a record and hands it over; one that does not decode is a
// finding.
func read[T any](c *check, key string, value []byte, then func(*T)) {
	v := new(T)
	if err := record.Decode(value, v); err != nil {
		c.report.found(Encoding, key, "%v", err)
		return
	}
	then(v)
}

func (c *check) memberKey(key string, value []byte) {
	_, rest, _ := strings.Cut(strings.TrimPrefix(key, record.MembersPrefix()), "/")
	switch {
	case rest == "":
		read(c, key, value, func(m *record.Member) {
			c.report.Members++
			c.sums.admins[m.ID] -= int64(m.Admins)
			c.links.members[m.ID] = true
			c.links.name(key, m.Sponsor)
		})
	case rest == "policy":
		read(c, key, value, func(*record.Policy) {})
	case rest == "payee":
		own(c, key, value, func(p *record.PayeeChoice) record.Key[record.PayeeChoice] { return record.PayeeKey(p.Member) }, func(p *record.PayeeChoice) {
			c.links.pays(key, p.Member, p.Account, "")
			c.links.pays(key, p.Member, p.Former, "")
		})
	case strings.HasPrefix(rest, "account/"):
		own(c, key, value, func(a *record.Account) record.Key[record.Account] { return record.AccountKey(a.Member, a.ID) }, func(a *record.Account) {
			c.links.accounts[key] = a.Bank
			c.links.name(key, a.Bank)
		})
	case strings.HasPrefix(rest, "credential/"):
		read(c, key, value, func(*record.Marker) { c.links.have[key] = "" })
	default:
		c.report.found(Encoding, key, "no record has such a key")
	}
}

func (c *check) credential(v *record.Credential) {
	if sha256.Sum256(v.PublicKey) != v.ID {
		c.report.found(Credentials, v.ID.String(), "the id is not the hash of the key")
	}
	c.links.want[string(record.MemberCredentialKey(v.Member, v.ID))] = ""
	c.links.name(v.ID.String(), v.Member)
	if v.Roles.Has(record.Admin) && v.RevokedAt == 0 {
		c.sums.admins[v.Member]++
	}
}

// tiles is a certificate and the holdings read of it so far.
type tiles struct {
	cert     record.Certificate
	holdings []record.Holding
}

func (c *check) certificateKey(key string, value []byte) {
	_, rest, _ := strings.Cut(strings.TrimPrefix(key, "certificate/"), "/")
	switch {
	case rest == "":
		c.endCertificate()
		read(c, key, value, func(v *record.Certificate) { c.current = &tiles{cert: *v} })
	case strings.HasPrefix(rest, "holding/"):
		read(c, key, value, func(h *record.Holding) {
			if c.current == nil || c.current.cert.Number != h.Certificate {
				c.report.found(Tiling, key, "a holding of a certificate that is not there")
				return
			}
			if string(record.HoldingKey(h.Certificate, h.ID)) != key {
				c.report.found(Tiling, key, "the record says holding %d", h.ID)
			}
			c.current.holdings = append(c.current.holdings, *h)
		})
	case rest == "review":
		read(c, key, value, func(*record.Review) {})
	default:
		c.report.found(Encoding, key, "no record has such a key")
	}
}

// endCertificate checks the certificate whose last holding was read.
func (c *check) endCertificate() {
	t := c.current
	c.current = nil
	if t == nil {
		return
	}
	cert := &t.cert
	c.report.Certificates++
	c.report.Holdings += len(t.holdings)
	c.sums.certificate(cert)
	c.books.certificate(cert)
	c.awaits(cert, t.holdings)
	c.covered(cert.Number, cert.Face, cert.Allocations)
	c.links.name(cert.Number, cert.Debtor, cert.FirstHolder, cert.Bank)
	var parts []interval.Interval
	var paid money.Fen
	for i := range t.holdings {
		h := &t.holdings[i]
		parts = append(parts, h.Interval)
		c.sums.fen += int64(h.Amount())
		c.holding(h)
		c.sums.holding(cert, h)
		c.deals.holding(cert, h)
		c.links.name(cert.Number, h.Owner, h.Claim.Recourse, h.Claim.Guarantor)
		if h.Redeemed != 0 {
			paid += h.Amount()
		}
		if h.Claim.Payment < cert.Payment {
			c.report.found(Tiling, cert.Number, "holding %d is due on %s, the certificate on %s", h.ID, h.Claim.Payment, cert.Payment)
		}
		if h.ID >= cert.NextHolding {
			c.report.found(Tiling, cert.Number, "holding %d, though the next piece will be %d", h.ID, cert.NextHolding)
		}
	}
	if paid != cert.Redeemed {
		c.report.found(Redemption, cert.Number, "fen of %s were paid, the certificate says %s", paid, cert.Redeemed)
	}
	c.sums.fen -= int64(cert.Face)
	if cert.State == record.Active {
		c.report.Active++
		c.report.Face += cert.Face
	}
	if err := interval.Tile(cert.Face, parts); err != nil {
		c.report.found(Tiling, cert.Number, "%v", err)
	}
	if int(cert.Pieces) != len(t.holdings) {
		c.report.found(Tiling, cert.Number, "%d holdings, the certificate says %d", len(t.holdings), cert.Pieces)
	}
}

// holding checks what rests inside one holding. A pledge stays on fen that were paid: it
// counts again should the payment come back.
func (c *check) holding(h *record.Holding) {
	subject := string(record.HoldingKey(h.Certificate, h.ID))
	for _, lock := range h.Locks {
		if !h.Interval.Contains(lock.Interval) {
			c.report.found(Locks, subject, "%s lock of %s on %s lies outside %s", lock.Kind, lock.Order, lock.Interval, h.Interval)
		}
		c.sums.lock(lock, h.Certificate)
	}
	if h.Redeemed != 0 && slices.ContainsFunc(h.Locks, func(l record.Lock) bool { return l.Kind != record.LockPledge }) {
		c.report.found(Redemption, subject, "it was paid, and %d locks rest on it", len(h.Locks))
	}
	low := h.Interval.From - 1
	for _, span := range h.Tiers {
		if span.To <= low || span.To > h.Interval.To || span.Tier == 0 {
			c.report.found(Tiling, subject, "tiers do not cover %s in order", h.Interval)
			return
		}
		low = span.To
	}
	if low != h.Interval.To {
		c.report.found(Tiling, subject, "tiers end at %d, the holding at %d", int64(low), int64(h.Interval.To))
	}
}
