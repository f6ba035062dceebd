package audit

import (
	"crypto/sha256"
	"strings"

	"github.com/tierledger/tierledger/chaincode/interval"
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

// one dispatches a record by its key.
func (c *check) one(key string, value []byte) {
	kind := record.KindOf(key)
	if kind != "certificate" {
		c.endCertificate()
	}
	switch kind {
	case "certificate":
		c.certificateKey(key, value)
	case "member":
		c.memberKey(key, value)
	case "credential":
		read(c, key, value, c.credential)
	case "proposal":
		read(c, key, value, c.proposal)
	case "transfer":
		read(c, key, value, c.transfer)
	case "pledge":
		read(c, key, value, c.pledge)
	case "order":
		read(c, key, value, c.order)
	case "confirmation":
		read(c, key, value, c.confirmation)
	case "line":
		read(c, key, value, c.line)
	case "group":
		read(c, key, value, c.group)
	case "invoice":
		read(c, key, value, c.invoice)
	case "reference":
		read(c, key, value, func(r *record.Reference) { c.sums.references[key] = r.Certificate })
	case "due":
		read(c, key, value, func(d *record.Due) {
			if d.Kind != record.DueFall { // of a credential, which may have nothing open any more
				c.sums.queued[key] = true
			}
		})
	case "contract":
		read(c, key, value, func(*record.TradeContract) {})
	case "delivery":
		read(c, key, value, func(*record.Delivery) {})
	case "validator":
		read(c, key, value, func(*record.Validator) {})
	case "pack":
		read(c, key, value, func(*record.Pack) {})
	case "stop":
		read(c, key, value, func(*record.Stop) {})
	case "settings":
		read(c, key, value, func(*record.Settings) {})
	case "maker":
		read(c, key, value, func(*record.Marker) {})
	case "replay":
		if len(value) != sha256.Size {
			c.report.found(Encoding, key, "a digest of %d bytes", len(value))
		}
	default:
		c.report.found(Encoding, key, "no record has such a key")
	}
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
		})
	case rest == "policy":
		read(c, key, value, func(*record.Policy) {})
	case strings.HasPrefix(rest, "account/"):
		read(c, key, value, func(*record.Account) {})
	case strings.HasPrefix(rest, "credential/"):
		read(c, key, value, func(*record.Marker) {})
	default:
		c.report.found(Encoding, key, "no record has such a key")
	}
}

func (c *check) credential(v *record.Credential) {
	if sha256.Sum256(v.PublicKey) != v.ID {
		c.report.found(Credentials, v.ID.String(), "the id is not the hash of the key")
	}
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
	var parts []interval.Interval
	for i := range t.holdings {
		h := &t.holdings[i]
		parts = append(parts, h.Interval)
		c.sums.fen += int64(h.Amount())
		c.holding(h)
		c.sums.holding(cert, h)
		if h.ID >= cert.NextHolding {
			c.report.found(Tiling, cert.Number, "holding %d, though the next piece will be %d", h.ID, cert.NextHolding)
		}
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

// holding checks what rests inside one holding.
func (c *check) holding(h *record.Holding) {
	subject := string(record.HoldingKey(h.Certificate, h.ID))
	for _, lock := range h.Locks {
		if !h.Interval.Contains(lock.Interval) {
			c.report.found(Locks, subject, "%s lock of %s on %s lies outside %s", lock.Kind, lock.Order, lock.Interval, h.Interval)
		}
		c.sums.lock(lock, h.Certificate)
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
