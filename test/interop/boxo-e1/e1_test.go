package e1

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ipfs/boxo/bitswap"
	testsession "github.com/ipfs/boxo/bitswap/testinstance"
	tn "github.com/ipfs/boxo/bitswap/testnet"
	"github.com/ipfs/boxo/routing/mock"
	blocks "github.com/ipfs/go-block-format"
	"github.com/ipfs/go-cid"
	delay "github.com/ipfs/go-ipfs-delay"
	"github.com/libp2p/go-libp2p/core/peer"
)

const (
	oneWay     = 10 * time.Millisecond
	rootBytes  = 800
	blockBytes = 8000
	// What is still on its way when the last block is there has come by then: with 200 peers, Boxo pauses for two seconds between two messages.
	quiet = 5 * time.Second
)

type result struct {
	Case  string `json:"case"`
	Clock string `json:"clock"`
	Run   int    `json:"run"`
	counts
}

// TestE1 prints one line of JSON for each run of each case. E1_RUNS says how many of each; E1_CLOCK is `virtual`, in which
// time passes when nothing is left to do, or `real`; E1_CASE is a pattern of names; E1_LOG=1 prints every message.
func TestE1(t *testing.T) {
	runs, err := strconv.Atoi(getenv("E1_RUNS", "1"))
	if err != nil {
		t.Fatal(err)
	}
	clock, wanted := getenv("E1_CLOCK", "virtual"), regexp.MustCompile(getenv("E1_CASE", "."))
	for _, one := range cases {
		if !wanted.MatchString(one.name) {
			continue
		}
		for run := range runs {
			var c counts
			if clock == "virtual" {
				synctest.Test(t, func(t *testing.T) { c = runCase(t, one, run) })
			} else {
				c = runCase(t, one, run)
			}
			line, err := json.Marshal(result{one.name, clock, run, c})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println(string(line))
		}
	}
}

func runCase(t *testing.T, one smallCase, run int) counts {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	net, router := tn.VirtualNetwork(delay.Fixed(oneWay)), mockrouting.NewServer()
	heard := &tally{}
	// Boxo's client tells a tracer nothing of what it sends: the seeds' tracers hear it.
	seedsOf := testsession.NewTestInstanceGenerator(net, router, nil, []bitswap.Option{bitswap.WithTracer(atSeeds{heard})})
	leechOf := testsession.NewTestInstanceGenerator(net, router, nil, []bitswap.Option{bitswap.WithTracer(atLeech{heard})})
	instances := make([]testsession.Instance, 0, one.seeds+1)
	for range one.seeds {
		instances = append(instances, seedsOf.Next())
	}
	leech := leechOf.Next()
	instances = append(instances, leech)
	defer func() {
		for _, instance := range instances {
			instance.Exchange.Close()
		}
		seedsOf.Close()
		leechOf.Close()
	}()
	testsession.ConnectInstances(instances)
	content, wanted := makeBlocks(t, one.blocks, run)
	store := func(seed int, block blocks.Block) error { return instances[seed].Blockstore.Put(ctx, block) }
	if err := put(ctx, store, one, content); err != nil {
		t.Fatal(err)
	}
	heard.start = time.Now()
	if os.Getenv("E1_LOG") == "1" {
		heard.log = logger(instances)
	}
	if err := one.fetch(ctx, leech.Exchange.NewSession(ctx), wanted); err != nil {
		t.Fatal(err)
	}
	took := ms(time.Since(heard.start))
	time.Sleep(quiet)
	c := heard.read()
	c.Ms, c.Duplicates = took, c.Blocks-one.blocks
	return c
}

// makeBlocks has other content for each run: counters in the place of random bytes.
func makeBlocks(t *testing.T, count, run int) ([]blocks.Block, []cid.Cid) {
	content, wanted := make([]blocks.Block, count), make([]cid.Cid, count)
	for at := range content {
		size := blockBytes
		if at == 0 {
			size = rootBytes
		}
		data := make([]byte, size)
		binary.BigEndian.PutUint64(data, uint64(run)<<32|uint64(at))
		seed := sha256.Sum256(data[:8])
		copy(data[8:], seed[:])
		content[at] = blocks.NewBlock(data)
		wanted[at] = content[at].Cid()
	}
	return content, wanted
}

func logger(instances []testsession.Instance) func(float64, peer.ID, counts) {
	numbers := map[peer.ID]int{}
	for at, instance := range instances {
		numbers[instance.Identity.ID()] = at
	}
	return func(atMs float64, from peer.ID, c counts) {
		fmt.Fprintf(os.Stderr, "%8.1f from %d: want-block %d want-have %d cancel %d have %d dont-have %d block %d\n", atMs,
			numbers[from], c.WantBlocks, c.WantHaves, c.Cancels, c.Haves, c.DontHaves, c.Blocks)
	}
}

func getenv(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}
