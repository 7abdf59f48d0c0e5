FROM condaforge/miniforge3
COPY env/constraints.txt env/environment.yml env/requirements.txt /srv/clock/env/
WORKDIR /srv/clock
RUN mamba env create -f env/environment.yml
COPY . /srv/clock
SHELL ["conda", "run", "-n", "clock", "/bin/bash", "-c"]
RUN python -m compileall clock.py
