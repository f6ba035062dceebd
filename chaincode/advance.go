package chaincode

import (
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// maxAdvance is how far one call moves the clock: long enough for a
// certificate's whole life, in milliseconds.
const maxAdvance = 731 * 86_400_000

// AdvanceArgument is the argument of devnet:Advance.
type AdvanceArgument struct {
	To calendar.Instant `json:"to"`
}

// AdvanceResult says how far the ledger's time is ahead of the blocks'.
type AdvanceResult struct {
	Now          calendar.Instant `json:"now"`
	OffsetMillis int64            `json:"offsetMillis"`
}

// advance moves the ledger's time of a development network forward, so that
// lapses and maturities can be tried out. The transactions after it see the new
// time. Checks: 1 a development network (DEVNET_ONLY), 2 an active member, 3 an
// instant after now and at most two years ahead (BAD_DATE).
func advance(w *world.World, in AdvanceArgument) (AdvanceResult, error) {
	settings, err := world.Load(w, record.SettingsKey(), "network", w.Network())
	if err != nil {
		return AdvanceResult{}, err
	}
	if !settings.Devnet {
		return AdvanceResult{}, code.DevnetOnly.New("network %s", w.Network())
	}
	if _, err := member.Require(w, 0, 0); err != nil {
		return AdvanceResult{}, err
	}
	if err := in.To.Add(maxAdvance * time.Millisecond).Valid(); err != nil { // the clock goes on from there
		return AdvanceResult{}, err
	}
	ahead := int64(in.To - w.Now())
	if ahead <= 0 || ahead > maxAdvance {
		return AdvanceResult{}, code.BadDate.New("the time is %s; it moves at most two years forward, not to %s", w.Now(), in.To)
	}
	settings.OffsetMillis += ahead
	world.Put(w, record.SettingsKey(), settings)
	return AdvanceResult{Now: in.To, OffsetMillis: settings.OffsetMillis}, nil
}
