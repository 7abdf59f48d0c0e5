FROM mambaorg/micromamba:2
COPY --chown=$MAMBA_USER:$MAMBA_USER env.yaml /tmp/
RUN micromamba install -y -n base -f /tmp/env.yaml && micromamba clean --all --yes
COPY --chown=$MAMBA_USER:$MAMBA_USER . /tmp/
