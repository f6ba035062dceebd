package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Headers of a delivery.
const (
	SignatureHeader = "Tierledger-Signature"
	DeliveryHeader  = "Tierledger-Delivery"
)

// ErrSignature is returned for a delivery that does not come from who has the secret, or
// that is too old.
var ErrSignature = errors.New("the signature does not fit")

// Sign writes the header for a body that is sent at a time: "t=<unix seconds>,v1=<hex>",
// the HMAC-SHA256 under the webhook's secret of the seconds, a dot and the body.
func Sign(secret string, at time.Time, body []byte) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(mac(secret, seconds, body))
}

func mac(secret, seconds string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(seconds + "."))
	h.Write(body)
	return h.Sum(nil)
}

// Verify is what a receiver does with the header: it compares in constant time and
// refuses what was signed longer ago than tolerance, or as far ahead.
func Verify(secret, header string, body []byte, now time.Time, tolerance time.Duration) error {
	seconds, signature := "", ""
	for part := range strings.SplitSeq(header, ",") {
		switch name, value, _ := strings.Cut(part, "="); name {
		case "t":
			seconds = value
		case "v1":
			signature = value
		}
	}
	got, err := hex.DecodeString(signature)
	if err != nil || !hmac.Equal(got, mac(secret, seconds, body)) {
		return fmt.Errorf("verify a delivery: %w", ErrSignature)
	}
	at, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || now.Sub(time.Unix(at, 0)).Abs() > tolerance {
		return fmt.Errorf("verify a delivery: %w: it is not of now", ErrSignature)
	}
	return nil
}
