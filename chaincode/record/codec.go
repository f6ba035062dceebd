package record

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// Version is the first byte of every encoded record.
const Version byte = 2

// Decoder limits: far above what any record needs, far below what could hurt.
const (
	maxElements = 1 << 20 // more than fit the largest event that a transaction may emit
	maxNesting  = 16
)

type codec struct {
	enc cbor.UserBufferEncMode
	dec cbor.DecMode
}

//nolint:gochecknoglobals // immutable after construction
var canonical = newCodec()

func newCodec() codec {
	enc, err := cbor.CoreDetEncOptions().UserBufferEncMode()
	if err != nil {
		panic(fmt.Sprintf("build the canonical encoder: %v", err)) // constant options
	}
	dec, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		UTF8:              cbor.UTF8RejectInvalid,
		MaxArrayElements:  maxElements,
		MaxNestedLevels:   maxNesting,
	}.DecMode()
	if err != nil {
		panic(fmt.Sprintf("build the strict decoder: %v", err)) // constant options
	}
	return codec{enc, dec}
}

// Encode returns the one encoding of a record. It panics when v is not one of
// this package's records: those always encode.
func Encode(v any) []byte {
	var b bytes.Buffer
	b.WriteByte(Version)
	if err := canonical.enc.MarshalToBuffer(v, &b); err != nil {
		panic(fmt.Sprintf("encode record %T: %v", v, err))
	}
	return b.Bytes()
}

// Decode reads what Encode wrote into the struct v points to. Bytes that Encode
// would not have produced (another version, another order, a longer integer,
// trailing bytes) are an error.
func Decode(data []byte, v any) error {
	if err := Read(data, v); err != nil {
		return err
	}
	if again := Encode(v); !bytes.Equal(again, data) {
		return fmt.Errorf("decode %T: the encoding is not canonical", v)
	}
	return nil
}

// Read is Decode for bytes that this program's own Encode wrote: it takes them for
// canonical, at about half the price. The ledger's state and rows are read so on
// every transaction; an audit checks them with Decode.
func Read(data []byte, v any) error {
	if len(data) == 0 || data[0] != Version {
		return fmt.Errorf("decode %T: not a version %d record", v, Version)
	}
	if err := canonical.dec.Unmarshal(data[1:], v); err != nil {
		return fmt.Errorf("decode %T: %w", v, err)
	}
	return nil
}

// Digest is a SHA-256 value: a key id, a document's hash, a fingerprint. In
// text it is 64 lower-case hexadecimal digits.
type Digest [32]byte

// IsZero reports whether no digest was set.
func (d Digest) IsZero() bool { return d == Digest{} }

// String returns the 64 hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText writes the 64 hexadecimal digits.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads exactly 64 lower-case hexadecimal digits.
func (d *Digest) UnmarshalText(text []byte) error {
	parsed, err := ParseDigest(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// ParseDigest reads exactly 64 lower-case hexadecimal digits.
func ParseDigest(text string) (Digest, error) {
	var d Digest
	if len(text) != hex.EncodedLen(len(d)) {
		return d, fmt.Errorf("a digest has 64 hexadecimal digits, not %d", len(text))
	}
	if _, err := hex.Decode(d[:], []byte(text)); err != nil || d.String() != text {
		return Digest{}, fmt.Errorf("a digest has 64 lower-case hexadecimal digits")
	}
	return d, nil
}
