package io.tributary.cluster.membership;

import io.tributary.config.tls.ForwardingEngine;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.apache.pekko.actor.ActorCell$;
import org.apache.pekko.actor.ActorContext;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.stream.impl.FanIn;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;

/**
 * Bounds what the connections that others open to a node can take of it, which Artery doesn't: how
 * many are in their handshake, for how long, and the size of a frame afterwards.
 *
 * <p>Pekko offers no way to close such a connection. It makes the engine in the constructor of the
 * actor that runs TLS, which is found there and told that its input has failed: it closes then.
 */
final class InboundGuard {
  /**
   * An actor that fails before it has been connected to its socket, which takes microseconds, stops
   * without closing it.
   */
  private static final Duration CONNECTING = Duration.ofMillis(500);

  private final int handshakes;
  private final Duration patience;
  private final int largestFrame;
  private final Set<Inbound> pending = new LinkedHashSet<>(); // oldest first

  /**
   * @param handshakes most of them at a time, beside those of the last half second; for one more,
   *     the oldest is cut off: those of nodes are short
   * @param patience longest time for one
   * @param largestFrame in bytes
   */
  InboundGuard(int handshakes, Duration patience, int largestFrame) {
    this.handshakes = handshakes;
    this.patience = patience;
    this.largestFrame = largestFrame;
  }

  /** Handshakes in progress. */
  synchronized int pending() {
    return pending.size();
  }

  /** The engine of a connection that another one has opened, with these bounds. */
  SSLEngine guard(SSLEngine engine) {
    ActorContext connection = current();
    if (connection == null) {
      throw new IllegalStateException("an engine for no connection");
    }
    Inbound inbound = new Inbound(engine, connection);
    Inbound oldest = begin(inbound);
    if (oldest != null) {
      oldest.cutOff();
    }
    inbound.overdue =
        schedule(
            connection.system(),
            patience,
            () -> {
              if (end(inbound)) {
                inbound.cutOff();
              }
            });
    return inbound;
  }

  private static Cancellable schedule(ActorSystem system, Duration delay, Runnable task) {
    return system.scheduler().scheduleOnce(delay, task, system.dispatcher());
  }

  /** Returns the handshake that is one too many. */
  private synchronized @Nullable Inbound begin(Inbound inbound) {
    pending.add(inbound);
    if (pending.size() <= handshakes) {
      return null;
    }
    Inbound oldest = pending.iterator().next();
    end(oldest);
    return oldest;
  }

  /** Returns whether it was in progress. */
  private synchronized boolean end(Inbound inbound) {
    Cancellable overdue = inbound.overdue;
    if (overdue != null) {
      overdue.cancel(); // it would hold the engine
    }
    return pending.remove(inbound);
  }

  /** The actor that is being made on this thread: behind the head, which has been used up. */
  private static @Nullable ActorContext current() {
    Iterator<ActorContext> contexts = ActorCell$.MODULE$.contextStack().get().iterator();
    ActorContext context = null;
    while (contexts.hasNext() && context == null) {
      context = contexts.next();
    }
    return context;
  }

  private final class Inbound extends ForwardingEngine {
    private final ActorRef connection;
    private final ActorSystem system;
    private volatile @Nullable Cancellable overdue;
    private volatile boolean over;
    private final FrameLengths frames = new FrameLengths(largestFrame);

    Inbound(SSLEngine engine, ActorContext connection) {
      super(engine);
      this.connection = connection.self();
      this.system = connection.system();
    }

    /** In a while, unless its handshake is over by then; in a further one if all stood still. */
    void cutOff() {
      long due = System.nanoTime() + CONNECTING.toNanos();
      schedule(
          system,
          CONNECTING,
          () -> {
            boolean late = System.nanoTime() - due > CONNECTING.toNanos();
            if (late) {
              cutOff();
            } else if (!over) {
              fail();
            }
          });
    }

    private void fail() {
      connection.tell(
          new FanIn.OnError(0, new SSLException("its handshake takes too long")),
          ActorRef.noSender());
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] from, int first, int count, ByteBuffer to)
        throws SSLException {
      return seen(super.wrap(from, first, count, to));
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer from, ByteBuffer[] to, int first, int count)
        throws SSLException {
      int[] begin = new int[count];
      for (int i = 0; i < count; i++) {
        begin[i] = to[first + i].position();
      }
      SSLEngineResult result = seen(super.unwrap(from, to, first, count));
      for (int i = 0; i < count; i++) {
        ByteBuffer written = to[first + i].duplicate();
        if (!frames.follow(written.flip().position(begin[i]))) {
          throw refusal("a frame is larger than " + largestFrame + " bytes");
        }
      }
      return result;
    }

    private SSLEngineResult seen(SSLEngineResult result) {
      HandshakeStatus status = result.getHandshakeStatus();
      if (status == HandshakeStatus.FINISHED || status == HandshakeStatus.NOT_HANDSHAKING) {
        over = true;
        end(this);
      }
      return result;
    }

    @Override
    public void closeInbound() throws SSLException {
      end(this);
      super.closeInbound();
    }
  }
}
