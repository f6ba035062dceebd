package devnet

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// Free ports are looked for below those that systems give to outgoing connections
// (32768 and up on Linux): there another process's connection could take one
// between the making of the devnet and its start.
const (
	lowestFree  = 15_000
	highestFree = 32_000
	freeTries   = 10_000
)

// addresses are where a bank's node listens.
type addresses struct{ peer, api string }

// listen chooses the addresses of n banks: from the base port up, or free ones.
func listen(base, n int) ([]addresses, error) {
	list := make([]addresses, n)
	if base != 0 {
		for i := range list {
			list[i] = addresses{loopback(base + 10*i), loopback(base + 10*i + 1)}
		}
		return list, nil
	}
	free, err := freeAddresses(2 * n)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i] = addresses{free[2*i], free[2*i+1]}
	}
	return list, nil
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// freeAddresses finds n different addresses that are free for TCP and for UDP. It
// holds each until all are found.
func freeAddresses(n int) (free []string, err error) {
	var held []interface{ Close() error }
	defer func() {
		for _, h := range held {
			err = errors.Join(err, h.Close())
		}
	}()
	for range freeTries {
		if len(free) == n {
			return free, nil
		}
		address := loopback(lowestFree + rand.IntN(highestFree-lowestFree))
		stream, err := net.Listen("tcp4", address)
		if err != nil {
			continue
		}
		held = append(held, stream)
		packet, err := net.ListenPacket("udp4", address)
		if err != nil {
			continue
		}
		held = append(held, packet)
		free = append(free, address)
	}
	return nil, fmt.Errorf("find %d free ports: only %d were found in %d tries", n, len(free), freeTries)
}
