module Hands
end
