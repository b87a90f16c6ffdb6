package io.mooncake4j.transfer.rdma.verbs;

import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.SVCPostSend;
import com.ibm.disni.verbs.impl.NatIbvQP;
import com.ibm.disni.verbs.impl.NatIbvSendWR;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;

/**
 * The work requests that one DiSNI call posts, in the native memory of that call: made once for the full depth, filled in
 * place, and cut where the batch ends. So batches of any size need no memory, and one call.
 */
final class SendList {
    private static final int STRIDE = 128;
    private static final int SGE_STRIDE = 16;
    private static final int NEXT = 8;
    private static final int OPCODE = 28;
    private static final int FLAGS = 32;
    private static final int REMOTE_ADDRESS = 40;
    private static final int REMOTE_KEY = 48;
    private static final int SGE_LENGTH = 8;
    private static final int SGE_KEY = 12;

    private final int depth;
    private final SVCPostSend call;
    private final long address;
    private final ByteBuffer memory;
    private int size;

    SendList(long queuePair, int depth) throws IOException {
        this.depth = depth;
        List<IbvSendWR> requests = new ArrayList<>(depth);
        for (int i = 0; i < depth; i++) {
            IbvSendWR request = new IbvSendWR();
            LinkedList<IbvSge> pieces = new LinkedList<>();
            pieces.add(new IbvSge());
            request.setSg_list(pieces);
            request.setNum_sge(1);
            requests.add(request);
        }
        call = new NatIbvQP(queuePair, null).postSend(requests, null);
        // the pieces lie behind the requests
        address = ((NatIbvSendWR) call.getWrMod(0)).getPtr_sge_list() - (long) depth * STRIDE;
        memory = NativeVerbs.view(address, (long) depth * (STRIDE + SGE_STRIDE)).order(ByteOrder.nativeOrder());
    }

    int size() {
        return size;
    }

    void add(
            int opcode,
            int flags,
            long wrId,
            long localAddress,
            int localKey,
            int lengthBytes,
            long remoteAddress,
            int remoteKey) {
        if (size == depth) {
            throw new IllegalStateException("more than " + depth + " requests staged");
        }
        int request = size * STRIDE;
        memory.putLong(request, wrId);
        memory.putLong(request + NEXT, address + request + STRIDE);
        memory.putInt(request + OPCODE, opcode);
        memory.putInt(request + FLAGS, flags);
        memory.putLong(request + REMOTE_ADDRESS, remoteAddress);
        memory.putInt(request + REMOTE_KEY, remoteKey);
        int piece = depth * STRIDE + size * SGE_STRIDE;
        memory.putLong(piece, localAddress);
        memory.putInt(piece + SGE_LENGTH, lengthBytes);
        memory.putInt(piece + SGE_KEY, localKey);
        size++;
    }

    /** Posts what was added; empty afterwards, whatever happened. */
    void post() throws IOException {
        if (size == 0) {
            return;
        }
        memory.putLong((size - 1) * STRIDE + NEXT, 0);
        size = 0;
        call.execute();
    }

    void free() {
        size = 0;
        call.free();
    }
}
