// Package same is close to every source of difference between two machines without
// having one.
package same

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"time"
)

func order(m map[string]int64) (names []string, total int64) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		names = append(names, name)
	}
	names = append(names, slices.SortedFunc(maps.Keys(m), func(a, b string) int { return len(a) - len(b) })...)
	for _, v := range m { //order: a sum is the same in any order
		total += v
	}
	clear(m)
	delete(m, "a")
	_, _ = m["b"]
	_ = maps.Clone(m)
	for i, name := range names {
		total += int64(i + len(name))
	}
	for range 3 {
		total++
	}
	return names, total
}

func times(ms int64) string {
	t := time.UnixMilli(ms).UTC()
	u := time.Unix(ms, 0).In(time.FixedZone("", 8*3600))
	return t.Add(time.Hour).Format(time.RFC3339) + u.String()
}

func address(s string) (string, error) {
	host, _, err := net.SplitHostPort(s)
	return host, err
}

type held struct {
	Owner *name
	fen   int64
}

func holders(h *held) string { return fmt.Sprintf("%v and %v", h, []held{*h}) }

type name struct{ first string }

func (n *name) String() string { return n.first }

func texts(n *name, err error) (string, error) {
	var a, b int64
	if _, err := fmt.Sscanf("1 2", "%d %d", &a, &b); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s 100%% %d%% paid", n, a+b), errors.Join(err, fmt.Errorf("name %v: %w", n, err))
}
