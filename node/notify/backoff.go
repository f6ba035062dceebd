package notify

import (
	"math/rand/v2"
	"time"
)

// Attempts is how often a delivery or a message is tried before it is dead: over three
// to four hours.
const Attempts = 12

// Pauses between attempts.
const (
	firstPause = 10 * time.Second
	lastPause  = time.Hour
)

// pauseAfter is how long to wait after that many failed attempts: each time twice as
// long, half of it fixed and half by chance, so that what failed together is not tried
// together.
func pauseAfter(attempts int) time.Duration {
	pause := lastPause
	if attempts < 10 {
		pause = min(lastPause, firstPause<<max(0, attempts-1))
	}
	return pause/2 + rand.N(pause/2)
}

// State is how far a delivery or a message came.
type State string

// States of deliveries and messages.
const (
	Waiting   State = "waiting" // for its first or its next attempt
	Delivered State = "delivered"
	Dead      State = "dead" // given up; it can be asked for again
)
