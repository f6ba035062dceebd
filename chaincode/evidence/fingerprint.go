package evidence

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
)

// SchemeHMAC is fingerprint scheme 1: HMAC-SHA256 over the epoch of the key and
// the normalised facts of the invoice.
const SchemeHMAC uint8 = 1

// InvoiceFacts are what tells one tax invoice from every other.
type InvoiceFacts struct {
	Code   string        `json:"code"`   // 发票代码, 10 or 12 digits; empty for a fully digital invoice
	Number string        `json:"number"` // 发票号码, 8 digits, or 20 for a fully digital invoice
	Date   calendar.Date `json:"date"`
	Seller string        `json:"seller"` // social credit code
	Buyer  string        `json:"buyer"`  // social credit code
	Amount money.Fen     `json:"amount"` // tax-inclusive
}

// Check refuses facts that no tax invoice has: the code or number of another
// length or with other characters than digits, equal parties (BAD_ARGUMENT), a
// wrong social credit code (BAD_NUMBER), a wrong date (BAD_DATE), an amount of zero
// or less (BAD_AMOUNT). It looks at the facts as Normalise reads them.
func (f InvoiceFacts) Check() error {
	f = f.normal()
	if !digits(f.Code) || !digits(f.Number) {
		return code.BadArgument.New("the code and the number of an invoice are digits, not %.40q and %.40q", f.Code, f.Number)
	}
	digital := len(f.Code) == 0 && len(f.Number) == 20
	paper := (len(f.Code) == 10 || len(f.Code) == 12) && len(f.Number) == 8
	if !digital && !paper {
		return code.BadArgument.New(
			"an invoice has a number of 20 digits, or a code of 10 or 12 digits and a number of 8, not %d and %d",
			len(f.Code), len(f.Number))
	}
	if err := number.CheckSocialCredit(f.Seller); err != nil {
		return err
	}
	if err := number.CheckSocialCredit(f.Buyer); err != nil {
		return err
	}
	if f.Seller == f.Buyer {
		return code.BadArgument.New("seller and buyer are both %s", f.Seller)
	}
	if err := f.Date.Valid(); err != nil {
		return err
	}
	if f.Amount <= 0 {
		return code.BadAmount.New("invoice of %s", f.Amount)
	}
	return nil
}

// Normalise writes the facts in the one form that is fingerprinted: each fact on
// a line of its own, full-width characters made narrow, spaces and hyphens
// removed, letters in capitals, the date as yyyymmdd and the amount in yuan with
// two places. The same invoice typed or scanned in another way gives the same
// bytes. Leading zeros count.
func Normalise(facts InvoiceFacts) []byte {
	f := facts.normal()
	return []byte(strings.Join([]string{
		f.Code, f.Number, f.Date.Compact(), f.Seller, f.Buyer, f.Amount.String(),
	}, "\n"))
}

// Fingerprint is the keyed fingerprint of an invoice under scheme 1. The key is
// the banks' shared key of the epoch; a key of fewer than 32 bytes does not
// protect the facts.
func Fingerprint(key []byte, epoch uint32, facts InvoiceFacts) record.Digest {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("tierledger invoice " + strconv.Itoa(int(SchemeHMAC)) + "\n"))
	mac.Write(binary.BigEndian.AppendUint32(nil, epoch))
	mac.Write(Normalise(facts))
	return record.Digest(mac.Sum(nil))
}

func (f InvoiceFacts) normal() InvoiceFacts {
	f.Code, f.Number = plain(f.Code), plain(f.Number)
	f.Seller, f.Buyer = plain(f.Seller), plain(f.Buyer)
	return f
}

// plain makes full-width forms narrow, drops what people put between groups of
// digits, and writes capitals.
func plain(s string) string {
	const fullWidthFirst, fullWidthLast, toNarrow = '！', '～', '！' - '!'
	return strings.Map(func(c rune) rune {
		if fullWidthFirst <= c && c <= fullWidthLast {
			c -= toNarrow
		}
		if c == '-' || unicode.IsSpace(c) || unicode.IsControl(c) {
			return -1
		}
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		return c
	}, s)
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}
