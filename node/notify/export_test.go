package notify

// For tests of what has no other door.
var (
	Public      = public
	CheckTarget = checkTarget
	PauseAfter  = pauseAfter
)

// Keep has a desk keep fewer deliveries and messages.
func (d *Desk) Keep(n uint64) { d.kept = n }
