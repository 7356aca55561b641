SELECT spent FROM source_calls WHERE day = ?
