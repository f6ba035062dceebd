package store

import "sync"

// entry is what a committed batch says about a cached key.
type entry struct {
	key      string
	value    []byte // nil: it is gone
	resident bool   // to be kept until it is gone
}

// cache holds committed values: some for good, the rest in two generations, of which the older is dropped when the younger
// has filled its half. What it holds is what the database holds: it is changed by committed batches, and takes what was read
// only if no batch was committed since the reading began.
type cache struct {
	mu         sync.Mutex
	half       int64
	commits    uint64
	resident   map[string][]byte
	young, old map[string][]byte
	youngBytes int64
}

func (c *cache) init(limit int64) {
	c.half = limit / 2
	c.resident = map[string][]byte{}
	c.clear()
}

func (c *cache) clear() {
	clear(c.resident)
	c.young, c.old, c.youngBytes = map[string][]byte{}, map[string][]byte{}, 0
}

// get returns the value of key, or nil if it is not cached, and what offer wants to know.
func (c *cache) get(key []byte) (value []byte, commits uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if value = c.resident[string(key)]; value != nil {
		return value, c.commits
	}
	if value = c.young[string(key)]; value != nil {
		return value, c.commits
	}
	if value = c.old[string(key)]; value != nil {
		c.insert(string(key), value)
	}
	return value, c.commits
}

// offer takes a value that was read after get returned commits.
func (c *cache) offer(key string, value []byte, commits uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.commits == commits {
		c.insert(key, value)
	}
}

// apply follows a committed batch, in its order.
func (c *cache) apply(entries []entry, cleared bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commits++
	if cleared {
		c.clear()
		return
	}
	for _, e := range entries {
		delete(c.resident, e.key)
		delete(c.young, e.key)
		delete(c.old, e.key)
		switch {
		case e.value == nil:
		case e.resident:
			c.resident[e.key] = e.value
		default:
			c.insert(e.key, e.value)
		}
	}
}

// insert adds to the younger generation. What is read back goes there too, for good or not: a page of an old version would
// never be taken out of the resident ones.
func (c *cache) insert(key string, value []byte) {
	// Beside its bytes a value costs a slot of the map.
	if c.youngBytes += int64(len(value)+len(key)) + 64; c.youngBytes > c.half {
		c.old, c.young = c.young, map[string][]byte{}
		c.youngBytes = 0
	}
	c.young[key] = value
}
