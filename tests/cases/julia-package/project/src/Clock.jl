module Clock end
