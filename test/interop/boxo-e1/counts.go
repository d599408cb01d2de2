package e1

import (
	"sync"
	"time"

	"github.com/ipfs/boxo/bitswap/message"
	pb "github.com/ipfs/boxo/bitswap/message/pb"
	"github.com/libp2p/go-libp2p/core/peer"
)

// counts is what the fetching peer sent and got, by the names that the laboratory has for it.
type counts struct {
	Ms               float64 `json:"ms"`
	MessagesSent     int     `json:"messagesSent"`
	MessagesReceived int     `json:"messagesReceived"`
	WantBlocks       int     `json:"wantBlocks"`
	WantHaves        int     `json:"wantHaves"`
	Cancels          int     `json:"cancels"`
	Haves            int     `json:"haves"`
	DontHaves        int     `json:"dontHaves"`
	Blocks           int     `json:"blocks"`
	Duplicates       int     `json:"duplicates"`
}

// tally is what two tracers count into, each message where it arrives.
type tally struct {
	lock  sync.Mutex
	start time.Time
	log   func(atMs float64, from peer.ID, c counts)
	sums  counts
}

type atSeeds struct{ *tally }

type atLeech struct{ *tally }

func (atSeeds) MessageSent(peer.ID, message.BitSwapMessage) {}

func (atLeech) MessageSent(peer.ID, message.BitSwapMessage) {}

func (t atSeeds) MessageReceived(from peer.ID, msg message.BitSwapMessage) {
	var c counts
	c.MessagesSent = 1
	for _, entry := range msg.Wantlist() {
		switch {
		case entry.Cancel:
			c.Cancels++
		case entry.WantType == pb.Message_Wantlist_Have:
			c.WantHaves++
		default:
			c.WantBlocks++
		}
	}
	t.add(from, c)
}

func (t atLeech) MessageReceived(from peer.ID, msg message.BitSwapMessage) {
	t.add(from, counts{
		MessagesReceived: 1,
		Haves:            len(msg.Haves()),
		DontHaves:        len(msg.DontHaves()),
		Blocks:           len(msg.Blocks()),
	})
}

func (t *tally) add(from peer.ID, c counts) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.log != nil {
		t.log(ms(time.Since(t.start)), from, c)
	}
	t.sums.MessagesSent += c.MessagesSent
	t.sums.MessagesReceived += c.MessagesReceived
	t.sums.WantBlocks += c.WantBlocks
	t.sums.WantHaves += c.WantHaves
	t.sums.Cancels += c.Cancels
	t.sums.Haves += c.Haves
	t.sums.DontHaves += c.DontHaves
	t.sums.Blocks += c.Blocks
}

func (t *tally) read() counts {
	t.lock.Lock()
	defer t.lock.Unlock()
	return t.sums
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
