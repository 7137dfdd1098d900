// A viewer by pion: joins the channel of a presigned URL, is sent the master's video, and says how many packets came.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"
)

const enough = 100

// The casing of the SDK in C.
type sent struct {
	Action            string `json:"action"`
	RecipientClientID string `json:"RecipientClientId"`
	MessagePayload    string `json:"MessagePayload"`
	CorrelationID     string `json:"CorrelationId,omitempty"`
}

type received struct {
	MessageType    string `json:"messageType"`
	MessagePayload string `json:"messagePayload"`
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	connection, _, err := websocket.DefaultDialer.Dial(os.Args[1], nil)
	if err != nil {
		log.Fatal(err)
	}
	peer := must(webrtc.NewPeerConnection(webrtc.Configuration{}))
	must(peer.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}))
	packets := make(chan string)
	peer.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		bytes := 0
		for count := 0; count < enough; count++ {
			packet, _, err := track.ReadRTP()
			if err != nil {
				log.Fatal(err)
			}
			bytes += len(packet.Payload)
		}
		packets <- fmt.Sprintf(`{"mimeType":%q,"packets":%d,"bytes":%d}`, track.Codec().MimeType, enough, bytes)
	})

	outgoing := make(chan sent, 100)
	send := func(action string, payload any) {
		outgoing <- sent{Action: action, MessagePayload: base64.StdEncoding.EncodeToString(must(json.Marshal(payload)))}
	}
	go func() {
		for message := range outgoing {
			if err := connection.WriteJSON(message); err != nil {
				log.Fatal(err)
			}
		}
	}()
	offer := must(peer.CreateOffer(nil))
	peer.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate != nil {
			send("ICE_CANDIDATE", candidate.ToJSON())
		}
	})
	send("SDP_OFFER", offer)
	if err := peer.SetLocalDescription(offer); err != nil {
		log.Fatal(err)
	}

	go func() {
		var early []webrtc.ICECandidateInit
		for {
			var message received
			if err := connection.ReadJSON(&message); err != nil {
				log.Fatal(err)
			}
			payload := must(base64.StdEncoding.DecodeString(message.MessagePayload))
			switch message.MessageType {
			case "SDP_ANSWER":
				var answer webrtc.SessionDescription
				if err := json.Unmarshal(payload, &answer); err != nil {
					log.Fatal(err)
				}
				if err := peer.SetRemoteDescription(answer); err != nil {
					log.Fatal(err)
				}
			case "ICE_CANDIDATE":
				var candidate webrtc.ICECandidateInit
				if err := json.Unmarshal(payload, &candidate); err != nil {
					log.Fatal(err)
				}
				early = append(early, candidate)
			}
			if peer.RemoteDescription() == nil {
				continue
			}
			for _, candidate := range early {
				if err := peer.AddICECandidate(candidate); err != nil {
					log.Fatal(err)
				}
			}
			early = nil
		}
	}()

	select {
	case seen := <-packets:
		fmt.Println(seen)
	case <-time.After(30 * time.Second):
		log.Fatal("no video came within 30 s: ", peer.ICEConnectionState())
	}
}
