package report_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/outcome"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/view"
)

// state is the state space of a store.
type state struct{ *store.Store }

func (s state) Get(key string) ([]byte, error) { return s.Store.Get(store.State, []byte(key)) }

func (s state) Scan(start, end string, visit func(string, []byte) (bool, error)) error {
	return s.Store.Scan(store.State, []byte(start), []byte(end), func(k, v []byte) (bool, error) { return visit(string(k), v) })
}

// desk is a real ledger of which reports are made, by people who work on it.
type desk struct {
	*ledgertest.Ledger
	serial int
}

func newDesk(t *testing.T, firms ...string) *desk {
	t.Helper()
	d := &desk{Ledger: ledgertest.New(t)}
	for _, alias := range firms {
		d.Enrol(alias)
	}
	return d
}

// source is the ledger as it is now.
func (d *desk) source() report.Source {
	return report.Source{State: state{d.Store}, Rows: d.Store, Height: d.Store.Head().Height, Now: d.Now}
}

// issue issues a certificate over so many days and has it accepted.
func (d *desk) issue(debtor, creditor, amount string) string {
	d.Helper()
	d.serial++
	return d.Issue(debtor, creditor, fmt.Sprint("issue ", d.serial), amount, d.serial)
}

// transfer offers fen of a certificate in payment, wherever they lie, and has them
// accepted.
func (d *desk) transfer(from, to, certificate string, fen interval.Interval) {
	d.Helper()
	d.Must(to+"/maker", "certificate:AcceptTransfer", map[string]any{"id": d.offer(from, to, certificate, fen)})
}

func (d *desk) offer(from, to, certificate string, fen interval.Interval) string {
	d.Helper()
	d.serial++
	amount := fen.Amount().String()
	_, invoice := d.Invoice(from, to, fmt.Sprint("transfer ", d.serial), amount)
	var made struct {
		ID string `json:"id"`
	}
	d.Must(from+"/maker", "certificate:Transfer", map[string]any{
		"to": d.IDs[to], "reference": fmt.Sprint("pay ", d.serial), "legs": []record.Leg{d.holding(from, certificate, fen)},
		"allocations": []map[string]any{{"invoice": invoice, "amount": amount}},
	}, &made)
	return made.ID
}

// holding is the leg of fen that a member holds.
func (d *desk) holding(owner, certificate string, fen interval.Interval) record.Leg {
	d.Helper()
	var leg record.Leg
	err := record.Each(state{d.Store}, record.HoldingsPrefix(certificate), func(h *record.Holding) bool {
		if h.Owner == d.IDs[owner] && h.Interval.Contains(fen) {
			leg = record.Leg{Certificate: certificate, Holding: h.ID, Version: h.Version, Interval: fen}
		}
		return true
	})
	if err != nil || leg.Holding == 0 {
		d.Fatalf("%s does not hold fen %s of %s: %v", owner, fen, certificate, err)
	}
	return leg
}

// pass moves the clock to the beginning of the day so many days later and makes a
// block.
func (d *desk) pass(days int) {
	d.Helper()
	d.Now = d.Now.Date().AddDays(days).Start().Add(10 * time.Hour)
	d.Block()
}

// named replaces members' codes by their short names.
func (d *desk) named(text string) string {
	for alias, id := range d.IDs {
		text = strings.ReplaceAll(text, id, alias)
	}
	return text
}

// book is a ledger written record by record, for what is rare or takes long.
type book struct {
	testing.TB
	store *store.Store
	batch *store.Batch
	rows  *view.Update
	now   calendar.Instant
	notes []record.Outcome // not written yet
	count uint32
}

func newBook(t *testing.T, now calendar.Instant) *book {
	t.Helper()
	s := ledgertest.New(t).Store
	return &book{TB: t, store: s, batch: s.NewBatch(), rows: view.NewUpdate(), now: now}
}

func put[T any](b *book, key record.Key[T], v T) {
	b.batch.Set(store.State, []byte(key), record.Encode(&v))
}

// note takes an accepted outcome of a time with its effects. What is noted before the
// next source comes in order of time.
func (b *book) note(at calendar.Instant, e record.Effects) {
	b.notes = append(b.notes, record.Outcome{Height: 2, Time: at, Effects: e})
}

func (b *book) source() report.Source {
	b.Helper()
	slices.SortStableFunc(b.notes, func(x, y record.Outcome) int { return cmp.Compare(x.Time, y.Time) })
	for i := range b.notes {
		o := &b.notes[i]
		b.count++
		o.Index, o.TxID = b.count, record.Digest{byte(b.count), 1}
		outcome.Write(b.batch, o)
		b.rows.Add(o)
	}
	b.notes = nil
	if err := b.rows.Write(b.store, b.batch); err != nil {
		b.Fatal(err)
	}
	if err := b.batch.Commit(); err != nil {
		b.Fatal(err)
	}
	b.batch, b.rows = b.store.NewBatch(), view.NewUpdate()
	return report.Source{State: state{b.store}, Rows: b.store, Height: 2, Now: b.now}
}

// all collects a report.
func all[T any](t testing.TB, s report.Stream[T]) []T {
	t.Helper()
	list, err := s.All()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// table writes a report as CSV, and checks that its pages are the same rows.
func table[T any, P interface {
	*T
	report.Row
}](t testing.TB, s report.Stream[T]) string {
	t.Helper()
	var whole, paged strings.Builder
	if err := report.WriteCSV[T, P](&whole, true, s.Each); err != nil {
		t.Fatal(err)
	}
	cut := view.Cut{Limit: 1}
	for first := true; first || cut.Cursor != ""; first = false {
		page, err := s.Page(cut)
		if err != nil {
			t.Fatal(err)
		}
		err = report.WriteCSV[T, P](&paged, first, func(visit func(*T) error) error {
			for i := range page.Items {
				if err := visit(&page.Items[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		cut.Cursor = page.Next
	}
	if whole.String() != paged.String() {
		t.Errorf("the report is\n%s\nits pages are\n%s", &whole, &paged)
	}
	return strings.ReplaceAll(whole.String(), "\r\n", "\n")
}

func fen(text string) money.Fen {
	f, err := money.ParseHuman(text)
	if err != nil {
		panic(err)
	}
	return f
}

func day(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) number(debtor string, sequence int) string {
	d.Helper()
	n, err := number.NewCertificate(d.IDs[debtor], d.Now.Date(), sequence)
	if err != nil {
		d.Fatal(err)
	}
	return n
}

// term issues a certificate that matures after so many days, and has it accepted.
func (d *desk) term(debtor, creditor, amount string, days int) {
	d.Helper()
	d.serial++
	contract, invoice := d.Invoice(debtor, creditor, fmt.Sprint("term ", d.serial), amount)
	n := d.number(debtor, d.serial)
	d.Must(debtor+"/maker", "certificate:Issue", map[string]any{
		"number": n, "creditor": d.IDs[creditor], "face": amount, "maturity": d.Now.Date().AddDays(days), "currency": "CNY",
		"reference": fmt.Sprint("term ", d.serial), "contract": contract,
		"allocations": []map[string]any{{"invoice": invoice, "amount": amount}},
	})
	d.Must(creditor+"/maker", "certificate:Accept", map[string]any{"certificate": n})
}
