package importer

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/sheet"
)

// Obligations is a file of debts between firms, read and checked: each row one
// debt, each debt one certificate of its debtor to its creditor.
type Obligations struct {
	Path    string
	Rows    int       // below the header, the refused ones too
	Total   money.Fen // of the rows that were not refused
	Refused []Refusal
	Digest  record.Digest // of the rows that were not refused

	limits sheet.Limits
	firms  []firm
	debts  []debt
}

// firm is a company of the file. A file names it however it likes.
type firm struct {
	name string // as in the file
	owes int32  // number of debts
	id   string // social credit code
	bank int    // its sponsor, by index
	key  string // short name in the keyring

	enrolled, granted bool
	refusal           *code.Error // why it cannot be a member, or has no line
}

// debt is a row of the file. It is kept small: there are many.
type debt struct {
	debtor, creditor int32 // by index in firms
	ordinal          int32 // how many equal rows stand above it
	line             int32
	amount           money.Fen
	sequence         int32         // of its certificate's number
	day              calendar.Date // of issue, 0 when it has no certificate yet
	done             progressOf
	fingerprint      record.Digest   // of its invoice, zero when not asked for yet
	others           []record.Digest // its fingerprints under the other epochs of the key
}

// progressOf is which steps of a debt's life are done.
type progressOf uint8

const (
	isRecorded progressOf = 1 << iota // contract and invoice
	isVerified
	isIssued
	isActive
)

// ObligationFields are the columns of a file of obligations.
func obligationFields() []sheet.Field {
	return []sheet.Field{{Name: "debtor", Required: true}, {Name: "creditor", Required: true}, {Name: "amount", Required: true}}
}

// maxFirm bounds the name of a firm, in bytes.
const maxFirm = 100

// ReadObligations reads and checks a file of obligations. Rows that cannot be
// imported are in Refused; an error says that the file as a whole cannot be read.
func ReadObligations(path string, columns sheet.Columns, unit sheet.Unit, limits sheet.Limits) (_ *Obligations, err error) {
	in, err := sheet.Open(path, limits)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	at, err := columns.Layout(obligationFields(), in.Header)
	if err != nil {
		return nil, err
	}
	r := obligationReader{
		Obligations: &Obligations{Path: path, limits: limits}, at: at, unit: unit,
		firm: map[string]int32{}, seen: map[rowKey]int32{},
	}
	return r.read(in)
}

type obligationReader struct {
	*Obligations
	at   sheet.Layout
	unit sheet.Unit
	firm map[string]int32
	seen map[rowKey]int32
}

// rowKey is what equal rows have in common.
type rowKey struct {
	debtor, creditor int32
	amount           money.Fen
}

func (r *obligationReader) read(in *sheet.Reader) (*Obligations, error) {
	digest := sha256.New()
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			r.Digest = record.Digest(digest.Sum(nil))
			return r.Obligations, nil
		}
		if err != nil && sheet.Fatal(err) {
			return nil, err
		}
		r.Rows++
		if err == nil {
			err = r.add(row)
		}
		if refused := code.Of(err); refused != nil {
			r.Refused = append(r.Refused, refusal(row.Line, refused))
			continue
		}
		if err != nil {
			return nil, err
		}
		fmt.Fprintln(digest, r.reference(&r.debts[len(r.debts)-1]))
	}
}

// add checks a row in the order of the fields, then what they say together.
func (r *obligationReader) add(row sheet.Row) error {
	debtor, err := firmName("debtor", r.at.Of(row, "debtor"))
	if err != nil {
		return err
	}
	creditor, err := firmName("creditor", r.at.Of(row, "creditor"))
	if err != nil {
		return err
	}
	amount, err := r.unit.Amount(r.at.Of(row, "amount"))
	if err != nil {
		return err
	}
	if debtor == creditor {
		return code.TransferToDebtor.New("%.40q would owe itself", debtor)
	}
	total, err := r.Total.Add(amount)
	if err != nil {
		return err
	}
	key := rowKey{r.indexOf(debtor), r.indexOf(creditor), amount}
	r.Total = total
	r.debts = append(r.debts, debt{
		debtor: key.debtor, creditor: key.creditor, amount: amount, ordinal: r.seen[key], line: int32(row.Line),
	})
	r.seen[key]++
	r.firms[key.debtor].owes++
	return nil
}

func firmName(what, s string) (string, error) {
	if s == "" || len(s) > maxFirm {
		return "", code.BadArgument.New("the %s has %d bytes, not 1 to %d", what, len(s), maxFirm)
	}
	return s, nil
}

func (r *obligationReader) indexOf(name string) int32 {
	i, ok := r.firm[name]
	if !ok {
		i = int32(len(r.firms))
		r.firm[name] = i
		r.firms = append(r.firms, firm{name: name})
	}
	return i
}

// Debts is the number of rows that were not refused, Firms that of their firms.
func (o *Obligations) Debts() int { return len(o.debts) }

// Firms is the number of firms in the rows that were not refused.
func (o *Obligations) Firms() int { return len(o.firms) }

// reference is the debtor's payment reference of a debt. It is made of what the
// row says and of how many equal rows stand above it, so that the same row has it
// in every run, and two equal rows are two debts.
func (o *Obligations) reference(d *debt) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d\x00%d",
		o.firms[d.debtor].name, o.firms[d.creditor].name, int64(d.amount), d.ordinal))
	return "import-" + hex.EncodeToString(sum[:16])
}

// invoiceNumber is the number of the made-up invoice behind a debt: 20 digits, as
// a fully digital invoice has.
func (o *Obligations) invoiceNumber(d *debt) string {
	sum := sha256.Sum256([]byte("invoice " + o.reference(d)))
	return fmt.Sprintf("%020d", binary.BigEndian.Uint64(sum[:8]))
}

// made is the hash of a document made up for the devnet.
func made(what string, parts ...string) record.Digest {
	h := sha256.New()
	fmt.Fprintf(h, "made-up %s", what)
	for _, p := range parts {
		fmt.Fprintf(h, "\x00%s", p)
	}
	return record.Digest(h.Sum(nil))
}

// class sizes a firm by how many debts it has in the file.
func (f *firm) class() record.Class {
	switch {
	case f.owes >= 50:
		return record.LargeEnterprise
	case f.owes >= 5:
		return record.MediumEnterprise
	default:
		return record.SmallEnterprise
	}
}

// alias is a short name for the keyring: the name in the file where it is short
// and plain, and a hash of it where it is not.
func (f *firm) alias() string {
	plain := len(f.name) <= 32
	for i := range len(f.name) {
		c := f.name[i]
		plain = plain && ('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-')
	}
	if plain {
		return "firm-" + f.name
	}
	sum := sha256.Sum256([]byte(f.name))
	return "firm_" + hex.EncodeToString(sum[:12])
}

// fullName is the name under which a firm is enrolled.
func (f *firm) fullName() string {
	if _, err := strconv.Atoi(f.name); err == nil {
		return "企业" + f.name
	}
	return f.name
}
