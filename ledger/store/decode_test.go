package store

import (
	"bytes"
	"testing"
)

// FuzzHead: a head that is read encodes to the same bytes.
func FuzzHead(f *testing.F) {
	h := Head{Height: 7, AppHash: [32]byte{1}, Time: 1, TreeVersion: 6, TreeRoot: [32]byte{2}}
	f.Add(h.encode())
	f.Add(h.encode()[:headSize-1])
	f.Add(append(h.encode(), 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := decodeHead(b); err == nil && !bytes.Equal(h.encode(), b) {
			t.Errorf("%x encodes to %x", b, h.encode())
		}
	})
}

// FuzzMarker: a marker that is read is written the same, and is of a layout this program knows.
func FuzzMarker(f *testing.F) {
	f.Add(marker{layout, "test"}.String())
	f.Add("tierledger store 2 \n")
	f.Add("tierledger store -1 x\n")
	f.Add("tierledger store 1 a\nb\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parseMarker(text)
		if err == nil && (m.String() != text || m.layout != layout || m.network == "") {
			t.Errorf("%q is read as %+v", text, m)
		}
	})
}
