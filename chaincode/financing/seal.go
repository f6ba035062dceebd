package financing

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/tierledger/tierledger/chaincode/record"
)

// SaltSize is the length of a quote's salt, in bytes: 128 bits.
const SaltSize = 16

// Salt keeps the seal of a quote from being guessed. Its text is 32 lower-case
// hexadecimal digits.
type Salt [SaltSize]byte

// MarshalText writes the hexadecimal digits.
func (s Salt) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(s[:])), nil }

// UnmarshalText reads exactly what MarshalText writes.
func (s *Salt) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != SaltSize || hex.EncodeToString(raw) != string(text) {
		return fmt.Errorf("a salt is %d lower-case hexadecimal digits", 2*SaltSize)
	}
	*s = Salt(raw)
	return nil
}

// Opened is a quote as its holder reads it: the plaintext of the sealed document,
// in JSON. The context under which it is sealed is SealContext.
type Opened struct {
	Salt  Salt         `json:"salt"`
	Terms record.Terms `json:"terms"`
}

// SealContext binds a sealed document to its network, request and bank.
func SealContext(network, financing, bank string) []byte {
	return []byte("tierledger quote " + network + "/" + financing + "/" + bank)
}

// SealOf is the hash that a bank puts on the ledger: SHA-256 over a text that names
// request, bank, salt and every term in one fixed form, so that it can be made in
// any language and means one thing.
func SealOf(financing, bank string, salt Salt, t record.Terms) record.Digest {
	var b strings.Builder
	line := func(name string, value any) { fmt.Fprintf(&b, "%s=%v\n", name, value) }
	b.WriteString("tierledger quote 1\n")
	line("financing", financing)
	line("bank", bank)
	line("salt", hex.EncodeToString(salt[:]))
	line("kind", t.Kind)
	line("rate", t.Rate)
	line("basis", t.Basis)
	line("interest", t.Interest)
	line("advance", t.Advance)
	line("fee", t.Fee)
	line("supplierInterest", t.SupplierInterest)
	line("supplierFee", t.SupplierFee)
	line("valueDate", t.ValueDate)
	line("guarantor", t.Guarantor)
	line("guarantee", t.Guarantee)
	line("guaranteeFee", t.GuaranteeFee)
	line("guaranteeContract", t.GuaranteeContract)
	line("contract", t.Contract)
	return sha256.Sum256([]byte(b.String()))
}
