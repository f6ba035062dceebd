package command

import (
	"crypto/sha256"
	"encoding"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// The values below are flags (pflag.Value): a wrong one is told before anything is
// signed.

// amountFlag is an amount as a person writes it: 300000, 300,000.00.
type amountFlag struct{ money.Fen }

func (f *amountFlag) String() string {
	if f.Fen == 0 {
		return ""
	}
	return f.Human()
}

func (f *amountFlag) Type() string { return "amount" }

func (f *amountFlag) Set(text string) (err error) {
	f.Fen, err = money.ParseHuman(text)
	return err
}

// amountsFlag are several amounts, in the order given.
type amountsFlag []money.Fen

func (f *amountsFlag) String() string {
	texts := make([]string, len(*f))
	for i, a := range *f {
		texts[i] = a.Human()
	}
	return strings.Join(texts, " ")
}

func (f *amountsFlag) Type() string { return "amount" }

func (f *amountsFlag) Set(text string) error {
	a, err := money.ParseHuman(text)
	*f = append(*f, a)
	return err
}

// rateFlag is a percentage as a person writes it: 2.62, 2.6200%.
type rateFlag struct{ money.Rate }

func (f *rateFlag) String() string {
	if f.Rate == 0 {
		return ""
	}
	return f.Rate.String()
}

func (f *rateFlag) Type() string { return "percent" }

func (f *rateFlag) Set(text string) (err error) {
	f.Rate, err = money.ParseRateHuman(text)
	return err
}

// dateFlag is a day, yyyy-mm-dd.
type dateFlag struct{ calendar.Date }

func (f *dateFlag) String() string {
	if f.IsZero() {
		return ""
	}
	return f.Date.String()
}

func (f *dateFlag) Type() string { return "date" }

func (f *dateFlag) Set(text string) (err error) {
	f.Date, err = calendar.ParseDate(text)
	return err
}

// instantFlag is a moment as a person writes it: RFC 3339, or a day with or without
// the time of day in China.
type instantFlag struct{ calendar.Instant }

func (f *instantFlag) String() string {
	if f.IsZero() {
		return ""
	}
	return f.Instant.String()
}

func (f *instantFlag) Type() string { return "time" }

func (f *instantFlag) Set(text string) error {
	const eastward = 8 * 60 * 60 // seconds: China has one time, without summers
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		at, err := time.ParseInLocation(layout, text, time.FixedZone("", eastward))
		if err == nil {
			f.Instant = calendar.FromTime(at)
			return f.Valid()
		}
	}
	return code.BadDate.New("%.40q is no time: write 2026-11-02 14:30 or 2026-11-02T14:30:00+08:00", text)
}

// digestFlag is a SHA-256 in hexadecimal.
type digestFlag struct{ record.Digest }

func (f *digestFlag) String() string {
	if f.IsZero() {
		return ""
	}
	return f.Digest.String()
}

func (f *digestFlag) Type() string { return "hash" }

func (f *digestFlag) Set(text string) (err error) {
	f.Digest, err = record.ParseDigest(text)
	return err
}

// documentFlag is a document: the file, whose SHA-256 is taken, or the hash.
type documentFlag struct{ digestFlag }

func (f *documentFlag) Type() string { return "file-or-hash" }

func (f *documentFlag) Set(text string) error {
	if d, err := record.ParseDigest(text); err == nil {
		f.Digest = d
		return nil
	}
	file, err := os.Open(text)
	if err != nil {
		return fmt.Errorf("neither a file nor a hash: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return err
	}
	f.Digest = record.Digest(hash.Sum(nil))
	return nil
}

// invoiceFlag are parts of invoices: FINGERPRINT, or FINGERPRINT=AMOUNT.
type invoiceFlag []record.Allocation

func (f *invoiceFlag) String() string {
	texts := make([]string, len(*f))
	for i, a := range *f {
		texts[i] = a.Invoice.String() + "=" + a.Amount.Human()
	}
	return strings.Join(texts, " ")
}

func (f *invoiceFlag) Type() string { return "fingerprint[=amount]" }

func (f *invoiceFlag) Set(text string) error {
	print, amount, found := strings.Cut(text, "=")
	var a record.Allocation
	var err error
	if a.Invoice, err = record.ParseDigest(print); err != nil {
		return err
	}
	if found {
		if a.Amount, err = money.ParseHuman(amount); err != nil {
			return err
		}
	}
	*f = append(*f, a)
	return nil
}

// setFlag is a set of names that a set type reads as a list.
type setFlag struct {
	names []string
	read  func(list []byte) error
}

func (f *setFlag) String() string { return strings.Join(f.names, ",") }
func (f *setFlag) Type() string   { return "names" }

func (f *setFlag) Set(text string) error {
	f.names = strings.Split(text, ",")
	quoted := make([]string, len(f.names))
	for i, n := range f.names {
		quoted[i] = fmt.Sprintf("%q", strings.TrimSpace(n))
	}
	return f.read([]byte("[" + strings.Join(quoted, ",") + "]"))
}

// textFlag is anything with a text form.
type textFlag struct {
	kind  string
	text  string
	words []string // all that there is to choose from, for completion
	read  func([]byte) error
}

// choice is a flag for one value of an enumeration. What into holds is the default.
func choice[T interface {
	~uint8
	fmt.Stringer
}, P interface {
	*T
	encoding.TextUnmarshaler
}](kind string, into P) *textFlag {
	f := &textFlag{kind: kind, text: (*into).String(), read: into.UnmarshalText}
	for v := T(1); v.String() != ""; v++ {
		f.words = append(f.words, v.String())
	}
	return f
}

// of lists the words of a choice for the flag's usage.
func (f *textFlag) of() string { return strings.Join(f.words, ", ") }

func (f *textFlag) String() string { return f.text }
func (f *textFlag) Type() string   { return f.kind }

func (f *textFlag) Set(text string) error {
	f.text = text
	return f.read([]byte(text))
}

// maxInput bounds what is read from a file or from standard input, in bytes.
const maxInput = record.MaxTransactionBytes

// input reads a text: from standard input for "-", from a file for "@file", else
// the text itself.
func (a *app) input(text string) ([]byte, error) {
	var r io.Reader
	switch {
	case text == "-":
		r = a.In
	case strings.HasPrefix(text, "@"):
		f, err := os.Open(text[1:])
		if err != nil {
			return nil, fmt.Errorf("read the argument: %w", err)
		}
		defer func() { _ = f.Close() }() // only read
		r = f
	default:
		return []byte(text), nil
	}
	data, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return nil, fmt.Errorf("read the argument: %w", err)
	}
	if len(data) > maxInput {
		return nil, code.TooLarge.New("the argument is longer than %d bytes", maxInput)
	}
	return data, nil
}
